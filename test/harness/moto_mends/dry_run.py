from moto.ec2.exceptions import DryRunClientError
from moto.ec2.responses._base_response import EC2BaseResponse

from .mend import mend

# The calls whose mends check everything, and then stop a dry run.
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
    """EC2 checks a dry run as it does the call itself; moto says that it would succeed before it has looked
    at anything."""
    if self._get_action() not in CHECKED:
        original(self)


def ask(asked):
    """Says whether the call that is answered now is a dry run."""
    global _asked
    _asked = asked


def stop():
    """Ends a dry run, before anything is changed."""
    if _asked:
        raise DryRunClientError


def would_succeed(call):
    """Makes a call of moto's as a dry run; an error of the call is raised."""
    before = _asked
    ask(True)
    try:
        call()
    except DryRunClientError:
        pass
    finally:
        ask(before)
