from moto.ec2.models import EC2Backend
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.utils import parse_user_data

from .mend import mend


@mend(EC2Backend, "delete_launch_template")
def name_what_is_missing(original, self, name, tid):
    """AWS names the template that doesn't exist (InvalidLaunchTemplateName.NotFoundException,
    InvalidLaunchTemplateId.NotFound); moto says that a parameter is missing, or takes an id for a name."""
    if name:
        self.get_launch_template_by_name(name)
    if tid:
        self.get_launch_template(tid)
    return original(self, name, tid)


@mend(EC2Backend, "describe_launch_templates")
def miss_an_unknown_id(original, self, template_names=None, template_ids=None, filters=None):
    """AWS refuses an unknown id; moto leaves it out, and RunInstances then breaks."""
    for tid in template_ids or []:
        self.get_launch_template(tid)
    for name in template_names or []:
        self.get_launch_template_by_name(name)
    return original(self, template_names, template_ids, filters)


@mend(LaunchTemplate, "create_version")
def keep_the_data_that_was_given(original, self, data, description):
    """AWS answers a template's data as it was given; moto adds the template's own tags to it, and doesn't
    read the user-data of any version but the first, so that an Auto Scaling group can't launch it."""
    user_data = data.get("UserData")
    tags = [spec for spec in data.get("TagSpecifications", []) if spec["ResourceType"] != "launch-template"]
    kept = {**data, "UserData": parse_user_data(user_data) if isinstance(user_data, str) else user_data}
    return original(self, {**kept, "TagSpecifications": tags} if tags else _without(kept), description)


def _without(data):
    return {key: value for key, value in data.items() if key != "TagSpecifications"}
