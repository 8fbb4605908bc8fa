from moto.core.responses import ActionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse

from .mend import mend


@mend(IamResponse, "list_instance_profile_tags")
def list_profile_tags(original, self):
    """moto lacks this call."""
    profile = self.backend.get_instance_profile(self._get_param("InstanceProfileName"))
    return ActionResult({"Tags": profile.tags, "IsTruncated": False})


@mend(IAMBackend, "remove_role_from_instance_profile")
def miss_a_role_that_left(original, self, profile_name, role_name):
    """AWS says NoSuchEntity when the role isn't in the profile; moto breaks."""
    profile = self.get_instance_profile(profile_name)
    if self.get_role(role_name) not in profile.roles:
        raise NotFoundException(f"The role with name {role_name} cannot be found.")
    return original(self, profile_name, role_name)
