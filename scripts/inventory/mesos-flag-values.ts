import type { Form } from './flag-forms.ts'
import { mistakenFor } from './mesos-resources.ts'
import { durationOf } from './mesos-values.ts'
import {
  absolutePath,
  directory,
  ipv6Address,
  isRole,
  itemsOf,
  listOf,
  numberText,
  pattern,
  reachable,
  text,
} from './text-forms.ts'

const positive = (value: string) => /^\d+(\.\d+)?$/.test(value) && Number(value) > 0
const isAmount = (value: string) => /^\d+(\.\d+)?$/.test(value.trim())

/** `31000-32000` of `[31000-32000,…]`, in ascending order and within bounds. */
function areRanges(value: string, least: number, most: number): boolean {
  const ranges = /^\[(.+)\]$/.exec(value.replaceAll(/\s/g, ''))?.[1]?.split(',') ?? []
  const pairs = ranges.map(range => /^(\d+)-(\d+)$/.exec(range)?.slice(1).map(Number) ?? [])
  return pairs.length > 0 && pairs.every(([from = -1, to = -1]) => from >= least && from <= to && to <= most)
}

// stout (numify) accepts decimal and hexadecimal numbers.
const handle = (value: string) => /^(0x[0-9a-f]{1,4}|\d{1,5})$/i.test(value) && Number(value) <= 0xffff

function isRate(value: string): boolean {
  const [, agents = '', period = ''] = /^(\d{1,9})\/(.+)$/.exec(value) ?? []
  return Number(agents) >= 1 && (durationOf(period) ?? 0) > 0
}

function areWeights(value: string): boolean {
  const pairs = value.split(',').map(pair => pair.split('='))
  return (
    differ(pairs.map(([role]) => role)) &&
    pairs.every(([role = '', weight = '', ...rest]) => rest.length === 0 && isRole(role) && positive(weight))
  )
}

/** A resource that is not misspelled: no offer would ever have `cpu` or `memory`. */
const isResource = (name: string) => name !== '' && mistakenFor(name) === undefined

/** `cpus:0.01|mem:32`: sets of quantities, of which an offer must have one. */
function areQuantities(value: string): boolean {
  const quantities = value.split(/[|;]/).filter(part => part !== '')
  return (
    quantities.length > 0 &&
    quantities.every(quantity => {
      const [name = '', amount = '', ...rest] = quantity.split(':')
      return isResource(name.trim()) && rest.length === 0 && isAmount(amount)
    })
  )
}

// http::URL::parse has default ports for http and https only.
const isRegistry = (value: string) =>
  /^(\/|hdfs:\/\/|https?:\/\/[^\s/:]+(:\d{1,5})?(\/|$)|[a-z]+:\/\/[^\s/:]+:\d{1,5}(\/|$))/i.test(value)

const subsystems = [
  ...['blkio', 'cpu', 'cpuacct', 'cpuset', 'devices', 'freezer', 'hugetlb', 'memory'],
  ...['net_cls', 'net_prio', 'perf_event', 'pids'],
]

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isFile = (value: unknown) => typeof value === 'string' && /^(file:\/\/)?\/\S*[^\s/]$/.test(value)

/** A map that the flag parser checks further, or a file. */
const mapOrFile = (expects: string, fits: (value: Readonly<Record<string, unknown>>) => boolean): Form => ({
  expects: `${expects}, or the path of a JSON file`,
  fits: value => (isMap(value) ? fits(value) : isFile(value)),
})

const features = [
  ...['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT', 'AGENT_OPERATION_FEEDBACK'],
  ...['RESOURCE_PROVIDER', 'AGENT_DRAINING', 'TASK_RESOURCE_LIMITS'],
]

const items = (value: unknown) => (Array.isArray(value) ? value.filter(isMap) : [])
const differ = (values: readonly unknown[]) => new Set(values).size === values.length

const roles = text('roles such as prod,dev', value => itemsOf(value)?.every(isRole) === true)

/**
 * Flags of mesos-master and mesos-agent that the flag parser reads as text, and that are checked later. The
 * comment is the source file of Mesos 1.11.0 that ends the daemon otherwise.
 */
export const mesosForms: Readonly<Record<string, Form>> = {
  // 3rdparty/libprocess/src/process.cpp, as LIBPROCESS_ADVERTISE_IP and so on.
  advertise_ip: reachable,
  advertise_port: numberText('a port from 1 to 65535', 1, 65_535),
  ip6: ipv6Address,
  // src/master/main.cpp; a RateLimiter of 0 permits fails its CHECK.
  agent_removal_rate_limit: text('agents per duration, such as 100/1mins', isRate),
  // src/master/master.cpp, Master::initialize.
  recovery_agent_removal_limit: pattern(
    'a percentage from 0% to 100%, such as 50%',
    /^(100(\.0+)?|\d{1,2}(\.\d+)?)%$/,
  ),
  roles,
  weights: text('weights of different roles, greater than 0, such as prod=2,dev=1', areWeights),
  min_allocatable_resources: text('quantities such as cpus:0.01|mem:32', areQuantities),
  // 3rdparty/stout/include/stout/flags/parse.hpp: duplicates are refused.
  fair_sharing_excluded_resource_names: listOf('a list of different names of resources', isResource),
  // src/common/roles.cpp, by Resources::parse.
  default_role: text('a role such as prod, or *', isRole),
  // src/slave/containerizer/mesos/provisioner/store.cpp.
  image_providers: listOf('a list of APPC, DOCKER or both', item => /^(appc|docker)$/i.test(item)),
  docker_registry: text('a URL such as https://registry-1.docker.io, or an absolute path', isRegistry),
  // …/provisioner/appc/fetcher.cpp.
  appc_simple_discovery_uri_prefix: pattern('a prefix such as http:// or /images/', /^(https?:\/\/|\/)/),
  // …/isolators/cgroups/subsystems/net_cls.cpp.
  cgroups_net_cls_primary_handle: text('a handle from 0x0 to 0xffff', handle),
  cgroups_net_cls_secondary_handles: text('the first and the last handle, such as 0x1,0xffff', value => {
    const [first = '', last = '', ...rest] = value.split(',')
    return (
      rest.length === 0 && handle(first) && handle(last) && Number(first) > 0 && Number(first) <= Number(last)
    )
  }),
  // …/isolators/network/ports.cpp.
  container_ports_isolated_range: text('ranges of ports such as [31000-32000]', value =>
    areRanges(value, 0, 65_535),
  ),
  // …/isolators/xfs/disk.cpp, volume_gid_manager.cpp; project 0 means none.
  xfs_project_range: text('ranges of project IDs from 1 on, such as [5000-10000]', value =>
    areRanges(value, 1, 2 ** 32 - 1),
  ),
  volume_gid_range: text('ranges of group IDs such as [10000-20000]', value =>
    areRanges(value, 0, 2 ** 32 - 1),
  ),
  // src/slave/flags.cpp, src/common/domain_sockets.hpp.
  domain_socket_location: pattern(
    'an absolute path of less than 108 characters, or systemd: and a name',
    /^(?=.{1,107}$)(\/\S+|systemd:\S+)$/,
  ),
  executor_environment_variables: mapOrFile('a map of names to strings', value =>
    Object.values(value).every(item => typeof item === 'string'),
  ),
  agent_features: mapOrFile(
    `a map whose capabilities have at least the types ${features.join(', ')}`,
    value => {
      const types = items(value.capabilities).map(({ type }) => type)
      return features.every(feature => types.includes(feature))
    },
  ),
  // Master::initialize.
  rate_limits: mapOrFile('a map of limits with different principals', value =>
    differ(items(value.limits).map(({ principal }) => principal)),
  ),
  // src/slave/main.cpp, assignCgroups.
  agent_subsystems: listOf(`a list of ${subsystems.join(', ')}`, item => subsystems.includes(item)),
  // src/module/manager.cpp, loadManifest.
  modules: mapOrFile('a map of libraries that each have the field file or name', ({ libraries }) =>
    items(libraries).every(({ file, name }) => file !== undefined || name !== undefined),
  ),
  // src/linux/cgroups.cpp: relative to the mount of each hierarchy.
  cgroups_root: pattern('the name of a cgroup, such as mesos', /^(?!\.{1,2}(\/|$))[^\s/]+(\/[^\s/]+)*$/),
  // Slave::initialize and Master::initialize show it as their log.
  external_log_file: absolutePath,
  // src/docker/docker.cpp, Docker::create.
  docker_socket: absolutePath,
  docker: pattern('the name or the absolute path of a program', /^(\/\S+|[^\s/]+)$/),
  // Relative paths would refer to /, where systemd starts the daemons.
  appc_store_dir: directory,
  cgroups_hierarchy: directory,
  csi_plugin_config_dir: directory,
  docker_store_dir: directory,
  docker_volume_checkpoint_dir: directory,
  fetcher_cache_dir: directory,
  frameworks_home: directory,
  hadoop_home: directory,
  launcher_dir: directory,
  modules_dir: directory,
  network_cni_config_dir: directory,
  network_cni_plugins_dir: pattern(
    'absolute paths of directories, separated by colons',
    /^\/[^\s:]*(:\/[^\s:]*)*$/,
  ),
  resource_provider_config_dir: directory,
  sandbox_directory: directory,
  seccomp_config_dir: directory,
  systemd_runtime_directory: directory,
  webui_dir: directory,
}
