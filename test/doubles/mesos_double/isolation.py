"""The requirements of Mesos 1.11.0 on cgroups when an agent starts. It supports cgroup v1 only."""
import os


def trouble(flags):
    """Why an agent with these flags would exit here. None if it would not."""
    hierarchy = '/sys/fs/cgroup/systemd'
    if flags.systemd_enable_support and runs_systemd() and not is_v1(hierarchy, 'cgroup.procs'):
        return ('Failed to initialize systemd: Failed to locate systemd cgroups hierarchy: '
                f"'{hierarchy}' is not a valid hierarchy")
    if flags.launcher == 'linux':
        return linux_trouble(flags)
    wanting = [name for name in flags.isolation.split(',') if needs_linux(name)]
    if wanting:
        return (f"Failed to create a containerizer: Could not create MesosContainerizer: The '{wanting[0]}' isolator "
                "requires the 'linux' launcher")
    return None


def linux_trouble(flags):
    freezer = os.path.join(flags.cgroups_hierarchy, 'freezer')
    start = ('Failed to create a containerizer: Could not create MesosContainerizer: Failed to create launcher: '
             'Failed to create Linux launcher: ')
    if not is_v1(freezer, 'cgroup.procs'):
        return f"{start}Failed to mount cgroups hierarchy at '{freezer}': Operation not permitted"
    try:
        os.makedirs(os.path.join(freezer, flags.cgroups_root), exist_ok=True)
    except OSError as error:
        return f"{start}Failed to create root cgroup '{flags.cgroups_root}' in '{freezer}': {error.strerror}"
    return None


def runs_systemd():
    try:
        return 'systemd' in os.readlink('/sbin/init') and os.path.isdir('/run/systemd/system')
    except OSError:
        return False


def is_v1(folder, file):
    # A v2 hierarchy contains cgroup.controllers; cgroup.procs exists in both versions.
    return os.path.exists(f'{folder}/{file}') and not os.path.exists(f'{folder}/cgroup.controllers')


def needs_linux(isolator):
    return isolator.startswith(('cgroups/', 'namespaces/', 'network/', 'filesystem/linux', 'linux/', 'docker/'))
