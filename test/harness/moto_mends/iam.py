from moto.core.responses import ActionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse

from . import clock
from .mend import mend


@mend(IamResponse, "list_instance_profile_tags")
def list_profile_tags(original, self):
    """moto does not implement this call."""
    profile = self.backend.get_instance_profile(self._get_param("InstanceProfileName"))
    return ActionResult({"Tags": profile.tags, "IsTruncated": False})


@mend(IAMBackend, "remove_role_from_instance_profile")
def miss_a_role_that_left(original, self, profile_name, role_name):
    """AWS returns NoSuchEntity if the role is not in the profile; moto fails."""
    profile = self.get_instance_profile(profile_name)
    if self.get_role(role_name) not in profile.roles:
        raise NotFoundException(f"The role with name {role_name} cannot be found.")
    original(self, profile_name, role_name)
    _remember_roles(profile)


@mend(IAMBackend, "create_instance_profile")
def remember_when_it_was_made(original, self, *args, **kwargs):
    """Becomes visible to EC2 and Auto Scaling later."""
    profile = original(self, *args, **kwargs)
    profile.history = []
    _remember_roles(profile)
    return profile


@mend(IAMBackend, "add_role_to_instance_profile")
def remember_when_a_role_came(original, self, profile_name, role_name):
    """Becomes visible to EC2 and Auto Scaling later."""
    original(self, profile_name, role_name)
    _remember_roles(self.get_instance_profile(profile_name))


def roles_as_of(profile, time):
    """The roles of a profile at a given time. None if it did not exist."""
    known = [roles for since, roles in profile.history if since <= time]
    return known[-1] if known else None


def _remember_roles(profile):
    profile.history.append((clock.utcnow(), list(profile.roles)))
