/** An isolator that is built into Mesos, and what it requires when the agent creates it. */
interface Isolator {
  /** Works with the Linux launcher only. */
  readonly launcher?: true
  /** Lists of isolators. One isolator of each list must be listed, too. */
  readonly needs?: readonly (readonly string[])[]
  /** A flag of the agent that must be set. */
  readonly flag?: string
  /** A resource that must be set. */
  readonly resource?: string
  /** Only available in some builds of Mesos. */
  readonly build?: string
  /** What must be installed on the machine. */
  readonly machine?: string
}

const filesystem = ['filesystem/linux']

/**
 * The isolators of Mesos 1.11.0 on Linux: the list in src/slave/containerizer/mesos/containerizer.cpp, with what
 * `create` of each in …/mesos/isolators refuses to start without.
 */
export const isolators: Readonly<Record<string, Isolator>> = {
  'filesystem/linux': { launcher: true },
  'filesystem/posix': {},
  'filesystem/shared': {},
  'posix/cpu': {},
  'posix/mem': {},
  'posix/rlimits': {},
  'cgroups/all': {},
  'cgroups/blkio': {},
  'cgroups/cpu': {},
  'cgroups/cpuset': {},
  'cgroups/devices': {},
  'cgroups/hugetlb': {},
  'cgroups/mem': {},
  'cgroups/net_cls': {},
  'cgroups/net_prio': {},
  'cgroups/perf_event': {},
  'cgroups/pids': {},
  'appc/runtime': {},
  'docker/runtime': {},
  // src/linux/capabilities.cpp: a kernel with more than 38 capabilities (5.8 and newer) is refused.
  'linux/capabilities': { machine: 'a kernel older than 5.8 with stock Mesos 1.11.0' },
  'linux/devices': { launcher: true, needs: [filesystem] },
  'linux/nnp': {},
  'linux/seccomp': { flag: 'seccomp_config_dir', build: 'ENABLE_SECCOMP_ISOLATOR' },
  'namespaces/ipc': { launcher: true, needs: [filesystem] },
  'namespaces/pid': { launcher: true, needs: [filesystem] },
  'docker/volume': { machine: 'dvdcli' },
  'volume/csi': { needs: [filesystem], flag: 'csi_plugin_config_dir' },
  'volume/host_path': { launcher: true, needs: [filesystem] },
  'volume/image': { needs: [filesystem] },
  'volume/sandbox_path': {},
  'volume/secret': { launcher: true, needs: [filesystem] },
  'disk/du': {},
  'disk/xfs': {
    build: 'ENABLE_XFS_DISK_ISOLATOR',
    machine: 'mesos_work_dir on an XFS file system with project quotas',
  },
  'gpu/nvidia': {
    needs: [filesystem, ['cgroups/devices', 'cgroups/all']],
    machine: 'the NVIDIA driver and its management library',
  },
  'network/cni': {},
  'network/port_mapping': { resource: 'ephemeral_ports', build: 'ENABLE_PORT_MAPPING_ISOLATOR' },
  'network/ports': { launcher: true, build: 'ENABLE_NETWORK_PORTS_ISOLATOR' },
  environment_secret: {},
  // Deprecated names, which the agent replaces.
  process: {},
  cgroups: {},
  'posix/disk': {},
}

/** An agent accepts only one of each kind. `network/ports` isolates no network. */
export const exclusive: Readonly<Record<string, RegExp>> = {
  filesystem: /^filesystem\//,
  network: /^network\/(?!ports$)/,
}

/** The containerizers of Mesos (src/slave/containerizer/containerizer.cpp). Modules have none. */
export const containerizers: readonly string[] = ['docker', 'mesos']

/** The isolators and containerizers that use a flag of the agent. One of them must be enabled. */
interface Users {
  readonly isolators?: readonly string[]
  readonly containerizers?: readonly string[]
}

const of = (flags: readonly string[], users: Users): Readonly<Record<string, Users>> =>
  Object.fromEntries(flags.map(flag => [flag, users]))

/** Flags of the agent that only some isolators and containerizers use, according to their source files. */
export const usersOfFlags: Readonly<Record<string, Users>> = {
  ...of(['cgroups_cpu_enable_pids_and_tids_count', 'revocable_cpu_low_priority'], {
    isolators: ['cgroups/cpu', 'cgroups/all', 'cgroups'],
  }),
  ...of(['cgroups_enable_cfs'], {
    isolators: ['cgroups/cpu', 'cgroups/all', 'cgroups'],
    containerizers: ['docker'],
  }),
  ...of(['cgroups_limit_swap'], { isolators: ['cgroups/mem', 'cgroups/all', 'cgroups'] }),
  ...of(['cgroups_net_cls_primary_handle', 'cgroups_net_cls_secondary_handles'], {
    isolators: ['cgroups/net_cls', 'cgroups/all'],
  }),
  ...of(['perf_events', 'perf_duration', 'perf_interval'], {
    isolators: ['cgroups/perf_event', 'cgroups/all'],
  }),
  ...of(['container_disk_watch_interval', 'enforce_container_disk_quota'], {
    isolators: ['disk/du', 'disk/xfs', 'posix/disk'],
  }),
  ...of(['xfs_kill_containers', 'xfs_project_range'], { isolators: ['disk/xfs'] }),
  ...of(['disallow_sharing_agent_pid_namespace'], { isolators: ['namespaces/pid'] }),
  ...of(['disallow_sharing_agent_ipc_namespace', 'default_container_shm_size'], {
    isolators: ['namespaces/ipc'],
  }),
  ...of(['effective_capabilities', 'bounding_capabilities'], { isolators: ['linux/capabilities'] }),
  ...of(['allowed_devices'], { isolators: ['linux/devices', 'cgroups/devices', 'cgroups/all'] }),
  ...of(['seccomp_config_dir', 'seccomp_profile_name'], { isolators: ['linux/seccomp'] }),
  ...of(['docker_volume_checkpoint_dir', 'docker_volume_chown'], { isolators: ['docker/volume'] }),
  ...of(['host_path_volume_force_creation'], { isolators: ['volume/host_path', 'filesystem/linux'] }),
  ...of(['csi_plugin_config_dir'], { isolators: ['volume/csi'] }),
  ...of(
    [
      ...['check_agent_port_range_only', 'container_ports_isolated_range'],
      ...['container_ports_watch_interval', 'enforce_container_ports'],
    ],
    { isolators: ['network/ports'] },
  ),
  ...of(
    [
      ...[
        'egress_flow_classifier_parent',
        'egress_rate_limit_per_container',
        'egress_unique_flow_per_container',
      ],
      ...['ephemeral_ports_per_container', 'eth0_name', 'lo_name', 'network_enable_snmp_statistics'],
      ...['network_enable_socket_statistics_details', 'network_enable_socket_statistics_summary'],
    ],
    { isolators: ['network/port_mapping'] },
  ),
  ...of(
    [
      ...['docker', 'docker_kill_orphans', 'docker_mesos_image'],
      ...['docker_remove_delay', 'docker_socket', 'docker_stop_timeout'],
    ],
    { containerizers: ['docker'] },
  ),
  ...of(
    [
      ...['launcher', 'image_providers', 'image_provisioner_backend', 'image_gc_config', 'docker_registry'],
      ...['docker_store_dir', 'docker_ignore_runtime', 'appc_store_dir', 'appc_simple_discovery_uri_prefix'],
      ...[
        'network_cni_config_dir',
        'network_cni_plugins_dir',
        'network_cni_metrics',
        'network_cni_root_dir_persist',
      ],
    ],
    { containerizers: ['mesos'] },
  ),
}
