from moto.core.responses import BaseResponse
from moto.sts.models import STSBackend

from .mend import mend

_caller = ""


@mend(BaseResponse, "call_action")
def remember_who_calls(original, self):
    global _caller
    _caller = _arn_of(self.partition, self.current_account, self.access_key)
    return original(self)


@mend(STSBackend, "get_caller_identity")
def tell_callers_apart(original, self, access_key_id, region):
    """AWS knows the owner of each access key; for moto, all keys but its own belong to the same user."""
    user_id, arn, account = original(self, access_key_id, region)
    known = not arn.endswith(":user/moto")
    return user_id, arn if known else _arn_of(self.partition, account, access_key_id), account


def caller():
    """The ARN of the caller of the current call. Each access key represents a different user."""
    return _caller


def _arn_of(partition, account, access_key):
    return f"arn:{partition}:iam::{account}:user/{access_key}"
