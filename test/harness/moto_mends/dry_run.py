from moto.ec2.exceptions import DryRunClientError
from moto.ec2.responses._base_response import EC2BaseResponse

from .mend import mend

# The calls whose patches check everything before they end a dry run.
CHECKED = {
    "AuthorizeSecurityGroupIngress",
    "CreateLaunchTemplate",
    "CreateNetworkInterface",
    "CreateSecurityGroup",
    "DeleteLaunchTemplate",
    "DeleteNetworkInterface",
    "DeleteSecurityGroup",
    "ModifyInstanceAttribute",
    "ModifyNetworkInterfaceAttribute",
    "RunInstances",
    "TerminateInstances",
}

_asked = False


@mend(EC2BaseResponse, "error_on_dryrun")
def check_first(original, self):
    """EC2 validates a dry run like the call itself; moto reports success before it validates anything."""
    if self._get_action() not in CHECKED:
        original(self)


def ask(asked):
    """Sets whether the current call is a dry run."""
    global _asked
    _asked = asked


def stop():
    """Ends a dry run before anything is changed."""
    if _asked:
        raise DryRunClientError


def would_succeed(call):
    """Makes a call of moto as a dry run. Errors of the call are raised."""
    before = _asked
    ask(True)
    try:
        call()
    except DryRunClientError:
        pass
    finally:
        ask(before)
