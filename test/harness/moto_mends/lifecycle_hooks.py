"""Lifecycle hooks for terminations, of which moto only keeps a list (Auto Scaling user guide, "Amazon EC2 Auto Scaling
lifecycle hooks", and API reference)."""

import re
import uuid
from datetime import timedelta

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, autoscaling_backends
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from . import clock
from .mend import mend

_TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
_WAIT = "Terminating:Wait"


def _group(backend, name):
    if name not in backend.autoscaling_groups:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return backend.autoscaling_groups[name]


@mend(AutoScalingResponse, "put_lifecycle_hook")
def check_and_keep_everything(original, self):
    """AWS checks the settings, and keeps those that are not given again; moto drops the metadata."""
    backend = self.autoscaling_backend
    group, name = self._get_param("AutoScalingGroupName"), self._get_param("LifecycleHookName")
    _group(backend, group)
    before = backend.lifecycle_hooks.get(f"{group}_{name}")
    transition = self._get_param("LifecycleTransition") or (before and before.lifecycle_transition)
    if not transition:
        raise ValidationError("LifecycleTransition is required for a new lifecycle hook")
    timeout = self._get_int_param("HeartbeatTimeout") or (before.heartbeat_timeout if before else 3600)
    if not 30 <= timeout <= 7200:
        raise ValidationError("HeartbeatTimeout must be between 30 and 7200 seconds")
    result = self._get_param("DefaultResult") or (before.default_result if before else "ABANDON")
    metadata = self._get_param("NotificationMetadata") or (before and before.notification_metadata)
    if metadata and not re.fullmatch(r"[\u0009\u000a\u000d\u0020-\uffff]{1,1023}", metadata):
        raise ValidationError("NotificationMetadata must have between 1 and 1023 characters")
    hook = backend.create_lifecycle_hook(name, group, transition, timeout, result)
    hook.notification_metadata = metadata
    hook.role_arn = hook.notification_target_arn = None
    hook.global_timeout = min(172_800, 100 * timeout)
    return EmptyResult()


@mend(AutoScalingResponse, "describe_lifecycle_hooks")
def refuse_an_unknown_group(original, self):
    _group(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
    return original(self)


def _hooks(group):
    """The hooks of a group that delay terminations. All of them begin to wait at the same time."""
    hooks = group.autoscaling_backend.lifecycle_hooks.values()
    return [
        hook
        for hook in hooks
        if hook.auto_scaling_group_name == group.name and hook.lifecycle_transition == _TERMINATING
    ]


def _hold(group, state):
    """Begins to terminate an instance. It does not count for the group any more, but it runs until no hook waits."""
    now = clock.utcnow()
    state.lifecycle_state = _WAIT
    state.wait_id = str(uuid.uuid4())
    state.wait_since = now
    state.actions = {
        hook.name: {
            "until": now + timedelta(seconds=hook.heartbeat_timeout),
            "latest": now + timedelta(seconds=hook.global_timeout),
        }
        for hook in _hooks(group)
    }


def _proceed(group, state):
    group.instance_states = [other for other in group.instance_states if other is not state]
    group.autoscaling_backend.ec2_backend.terminate_instances([state.instance.id])


def _proceed_where_time_is_over(backend):
    """Without an answer, the default result applies: CONTINUE, or ABANDON, which skips the other hooks."""
    for group in backend.autoscaling_groups.values():
        results = {hook.name: hook.default_result for hook in _hooks(group)}
        for state in [one for one in group.instance_states if one.lifecycle_state == _WAIT]:
            over = [name for name, action in state.actions.items() if action["until"] <= clock.utcnow()]
            _finish(group, state, [(name, results.get(name, "ABANDON")) for name in over])


def _finish(group, state, ended):
    for name, result in ended:
        del state.actions[name]
        if result == "ABANDON":
            state.actions.clear()
            break
    if ended and not state.actions:
        _proceed(group, state)


@mend(BaseResponse, "call_action")
def pass_time(original, self):
    if self.service_name in ("ec2", "autoscaling"):
        _proceed_where_time_is_over(autoscaling_backends[self.current_account][self.region])
    return original(self)


@mend(FakeAutoScalingGroup, "set_desired_capacity")
def hold_the_surplus(original, self, new_capacity):
    """AWS holds instances that leave a group with a hook; moto terminates them immediately. Moto would also choose
    instances that are held already."""
    wanted = self.min_size if new_capacity is None else new_capacity
    free = [state for state in self.active_instances() if not state.protected_from_scale_in]
    surplus = len(self.active_instances()) - wanted
    if surplus <= 0 or not _hooks(self):
        return original(self, new_capacity)
    self.desired_capacity = wanted
    for state in free[:surplus]:
        _hold(self, state)


@mend(AutoScalingBackend, "terminate_instance")
def hold_the_instance(original, self, instance_id, should_decrement):
    """AWS launches the replacement while the instance waits for its hook."""
    found = [
        (group, state)
        for group in self.autoscaling_groups.values()
        for state in group.instance_states
        if state.instance.id == instance_id
    ]
    if not found:
        raise ValidationError(f"Instance Id not found - No managed instance found for instance ID {instance_id}")
    group, state = found[0]
    if not _hooks(group):
        return original(self, instance_id, should_decrement)
    if state.lifecycle_state == _WAIT:
        raise ValidationError(f"Instance {instance_id} is not in a state that can be terminated ({_WAIT})")
    before = group.desired_capacity
    if should_decrement and before <= group.min_size:
        raise ValidationError(
            f"Currently, desiredSize equals minSize ({before}). Terminating instance without replacement will "
            f"violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower "
            f"group's min size."
        )
    _hold(group, state)
    group.set_desired_capacity(before - 1 if should_decrement else before)
    from moto.autoscaling.models import TerminateInstanceActivity

    return TerminateInstanceActivity(state.instance, before)


@mend(AutoScalingBackend, "attach_instances")
def count_the_attached(original, self, group_name, instance_ids):
    """AWS adds the number of attached instances to the desired size; moto also counts instances that are held."""
    group = _group(self, group_name)
    held = [state for state in group.instance_states if state.lifecycle_state == _WAIT]
    group.instance_states = [state for state in group.instance_states if state.lifecycle_state != _WAIT]
    try:
        return original(self, group_name, instance_ids)
    finally:
        group.instance_states += held


@mend(AutoScalingBackend, "delete_auto_scaling_group")
def forget_the_hooks(original, self, group_name):
    """Deleting a group also deletes its hooks and ends everything that waits for them (DeleteAutoScalingGroup)."""
    group = self.autoscaling_groups.get(group_name)
    for hook in _hooks(group) if group else []:
        self.delete_lifecycle_hook(group_name, hook.name)
    for state in group.instance_states if group else []:
        state.lifecycle_state = "InService"
    return original(self, group_name)


@mend(AutoScalingResponse, "delete_lifecycle_hook")
def complete_what_waits(original, self):
    """Deleting a hook completes what waits for it: with CONTINUE for terminations (DeleteLifecycleHook)."""
    group = _group(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
    name = self._get_param("LifecycleHookName")
    for state in [one for one in group.instance_states if one.lifecycle_state == _WAIT and name in one.actions]:
        _finish(group, state, [(name, "CONTINUE")])
    return original(self)


def _action(response):
    """What waits for an answer: the group, the state of the instance, the hook and its times. Raises ValidationError."""
    backend = response.autoscaling_backend
    group = _group(backend, response._get_param("AutoScalingGroupName"))
    name, instance = response._get_param("LifecycleHookName"), response._get_param("InstanceId")
    hook = backend.lifecycle_hooks.get(f"{group.name}_{name}")
    for state in group.instance_states:
        if state.instance.id == instance and state.lifecycle_state == _WAIT and hook and name in state.actions:
            return group, state, hook
    raise ValidationError(f"No active Lifecycle Action found with instance ID {instance}")


def record_lifecycle_action_heartbeat(self):
    """Extends the time by the timeout of the hook, up to its global timeout."""
    _, state, hook = _action(self)
    action = state.actions[hook.name]
    action["until"] = min(clock.utcnow() + timedelta(seconds=hook.heartbeat_timeout), action["latest"])
    return ActionResult({})


def complete_lifecycle_action(self):
    group, state, hook = _action(self)
    result = self._get_param("LifecycleActionResult")
    if result not in ("CONTINUE", "ABANDON"):
        raise ValidationError("LifecycleActionResult must be CONTINUE or ABANDON")
    _finish(group, state, [(hook.name, result)])
    return ActionResult({})


AutoScalingResponse.record_lifecycle_action_heartbeat = record_lifecycle_action_heartbeat
AutoScalingResponse.complete_lifecycle_action = complete_lifecycle_action


@mend(AutoScalingResponse, "describe_scaling_activities")
def show_what_waits(original, self):
    """AWS describes the termination of an instance that waits for a hook; moto describes no activities."""
    group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
    waiting = [one for one in (group.instance_states if group else []) if one.lifecycle_state == _WAIT]
    activities = [
        {
            "ActivityId": state.wait_id,
            "AutoScalingGroupName": group.name,
            "Description": f"Terminating EC2 instance: {state.instance.id}",
            "Cause": "an instance was taken out of service in response to a difference between desired and actual capacity",
            "StartTime": state.wait_since,
            "StatusCode": "MidTerminatingLifecycleAction",
            "Progress": 60,
        }
        for state in waiting
    ]
    return ActionResult({"Activities": activities})
