from moto.core.responses import ActionResult
from moto.ec2.exceptions import (
    InvalidLaunchTemplateNameAlreadyExistsError,
    InvalidLaunchTemplateVersionNotFound,
)
from moto.ec2.models import EC2Backend
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.ec2.utils import parse_user_data

from . import dry_run
from .callers import caller
from .mend import mend
from .unseen import with_unseen

# The highest version number assigned in a template, whether or not the version is visible yet or still exists.
LaunchTemplate.last_number = 0

# AWS returns the current tags of a template; moto returns the initial ones.
LaunchTemplate.tags = property(lambda template: template.get_tags(), lambda template, tags: None)


@mend(EC2Backend, "create_launch_template")
def refuse_a_taken_name(original, self, name, description, template_data, tag_spec):
    """A name is taken as soon as the template is created, whether or not it is visible yet."""
    if name in [template.name for template in with_unseen(self, self.launch_templates)]:
        raise InvalidLaunchTemplateNameAlreadyExistsError
    dry_run.stop()
    return original(self, name, description, template_data, tag_spec)


@mend(EC2Backend, "delete_launch_template")
def name_what_is_missing(original, self, name, tid):
    """AWS names the template that does not exist (InvalidLaunchTemplateName.NotFoundException,
    InvalidLaunchTemplateId.NotFound); moto reports a missing parameter, or mistakes an ID for a name."""
    if name:
        self.get_launch_template_by_name(name)
    if tid:
        self.get_launch_template(tid)
    dry_run.stop()
    return original(self, name, tid)


@mend(EC2Backend, "describe_launch_templates")
def miss_an_unknown_id(original, self, template_names=None, template_ids=None, filters=None):
    """AWS rejects an unknown ID; moto omits it, and RunInstances then fails."""
    for tid in template_ids or []:
        self.get_launch_template(tid)
    for name in template_names or []:
        self.get_launch_template_by_name(name)
    return original(self, template_names, template_ids, filters)


@mend(LaunchTemplate, "create_version")
def keep_the_data_that_was_given(original, self, data, description):
    """AWS returns the data of a template as it was given; moto adds the tags of the template, and does not read the
    user data of any version but the first, so an Auto Scaling group cannot launch it."""
    user_data = data.get("UserData")
    tags = [spec for spec in data.get("TagSpecifications", []) if spec["ResourceType"] != "launch-template"]
    kept = {**data, "UserData": parse_user_data(user_data) if isinstance(user_data, str) else user_data}
    version = original(self, {**kept, "TagSpecifications": tags} if tags else _without(kept), description)
    self.last_number += 1
    version.number, version.created_by = self.last_number, caller()
    return version


@mend(LaunchTemplate, "get_version")
def find_by_number(original, self, num):
    """AWS finds a version by its number; moto by its index, so 0 is the last one."""
    if str(num).startswith("$"):
        return original(self, num)
    for version in self.versions:
        if str(version.number) == str(num):
            return version
    raise InvalidLaunchTemplateVersionNotFound(template_id=self.id, version=num)


@mend(LaunchTemplates, "describe_launch_template_versions")
def answer_all_versions(original, self):
    """AWS returns all versions, the newest first, in pages of up to 200, with their creators; moto returns the first
    15, with root as the creator."""
    self.error_on_dryrun()
    asked = self._get_param("Versions", [])
    found = self.ec2_backend.describe_launch_template_versions(
        template_name=self._get_param("LaunchTemplateName"),
        template_id=self._get_param("LaunchTemplateId"),
        versions=asked,
        min_version=self._get_int_param("MinVersion"),
        max_version=self._get_int_param("MaxVersion"),
        max_results=10_000,
    )
    ordered = found if asked else list(reversed(found))
    page, token = _page(self, [_described(template, version) for template, version in ordered])
    return ActionResult({"LaunchTemplateVersions": page, "NextToken": token})


@mend(LaunchTemplates, "describe_launch_templates")
def answer_all_templates(original, self):
    """AWS returns all templates, in pages of up to 200; moto returns the first 15."""
    self.error_on_dryrun()
    templates = self.ec2_backend.describe_launch_templates(
        template_names=self._get_param("LaunchTemplateNames", []),
        template_ids=self._get_param("LaunchTemplateIds", []),
        filters=self._filters_from_querystring(),
    )
    page, token = _page(self, [_summary(template) for template in templates])
    return ActionResult({"LaunchTemplates": page, "NextToken": token})


@mend(LaunchTemplates, "create_launch_template")
def name_the_maker(original, self):
    """AWS returns the creator of a template; moto returns root."""
    answer = original(self)
    answer.result["LaunchTemplate"]["CreatedBy"] = caller()
    return answer


@mend(LaunchTemplates, "create_launch_template_version")
def name_the_maker_of_a_version(original, self):
    """AWS returns the creator of a version; moto returns root."""
    answer = original(self)
    answer.result["LaunchTemplateVersion"]["CreatedBy"] = caller()
    return answer


def _summary(template):
    return {
        "CreateTime": template.create_time,
        "CreatedBy": template.versions[0].created_by,
        "DefaultVersionNumber": template.default_version_number,
        "LatestVersionNumber": template.latest_version_number,
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "Tags": template.tags,
    }


def _described(template, version):
    return {
        "CreateTime": version.create_time,
        "CreatedBy": version.created_by,
        "DefaultVersion": template.is_default(version),
        "LaunchTemplateData": version.data,
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "VersionDescription": version.description,
        "VersionNumber": version.number,
    }


def _page(response, items):
    token = response._get_param("NextToken") or ""
    # A test that generates its own pages (emptyFirstPage) uses a token that is not from here.
    start = int(token) if token.isdigit() else 0
    end = start + (response._get_int_param("MaxResults") or 200)
    return items[start:end], str(end) if end < len(items) else None


def _without(data):
    return {key: value for key, value in data.items() if key != "TagSpecifications"}
