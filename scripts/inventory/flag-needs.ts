import { comparisons } from './flag-comparisons.ts'
import { type Daemon, findFlag, type GivenFlags, type Values } from './flag-tables.ts'
import type { Path } from './problem-path.ts'
import type { Problem } from './problems.ts'
import { itemsOf } from './text-forms.ts'

/** A flag that requires another flag of the same daemon. */
interface Need {
  readonly flag: string
  /** The value that requires it, if not every value does. */
  readonly is?: unknown
  readonly when?: (values: Values) => boolean
  /** What it requires: a flag, `flag: value`, or one of several. */
  readonly needs: readonly string[]
}

const has = (values: Values, flag: string, name: string) => itemsOf(values(flag))?.includes(name) === true
const basic = (values: Values) => has(values, 'http_authenticators', 'basic')

// By default, an agent that authenticates executors uses both (Slave::initialize).
const agentsOwn = (values: Values) =>
  values('http_authenticators') ?? (values('authenticate_http_executors') === true ? 'basic,jwt' : 'basic')
const basicOfAgent = (values: Values) => has(() => agentsOwn(values), '', 'basic')
const jwtOfAgent = (values: Values) => has(() => agentsOwn(values), '', 'jwt')
const whole = (flags: readonly string[], needs: readonly string[]): readonly Need[] =>
  flags.map(flag => ({ flag, needs }))

/** Flags without which the daemon exits, or refuses all requests. */
const required: Readonly<Record<Daemon, readonly Need[]>> = {
  // Master::initialize; src/common/http.cpp, createBasicAuthenticator; cram_md5/authenticator.cpp.
  master: [
    ...['authenticate_frameworks', 'authenticate_agents'].map(
      (flag): Need => ({
        flag,
        is: true,
        when: values => has(values, 'authenticators', 'crammd5'),
        needs: ['credentials'],
      }),
    ),
    { flag: 'authenticate_http_readonly', is: true, when: basic, needs: ['credentials'] },
    { flag: 'authenticate_http_readwrite', is: true, when: basic, needs: ['credentials'] },
    { flag: 'authenticate_http_frameworks', is: true, needs: ['http_framework_authenticators'] },
    {
      flag: 'http_framework_authenticators',
      when: values =>
        values('authenticate_http_frameworks') === true &&
        has(values, 'http_framework_authenticators', 'basic'),
      needs: ['credentials'],
    },
    // Master::registerSlave also refuses agents with a domain if the master has none.
    { flag: 'require_agent_domain', is: true, needs: ['domain'] },
  ],
  // Slave::initialize; src/common/http.cpp, createJWTAuthenticator.
  agent: [
    ...['authenticate_http_readonly', 'authenticate_http_readwrite', 'authenticate_http_executors'].flatMap(
      (flag): readonly Need[] => [
        { flag, is: true, when: basicOfAgent, needs: ['http_credentials'] },
        { flag, is: true, when: jwtOfAgent, needs: ['jwt_secret_key'] },
      ],
    ),
    {
      flag: 'authenticate_http_executors',
      is: true,
      when: values => !jwtOfAgent(values),
      needs: ['jwt_secret_key'],
    },
  ],
  // MarathonConf.scala, PluginManagerConfiguration.scala, HttpModule.scala.
  marathon: [
    { flag: 'mesos_authentication', is: true, needs: ['mesos_authentication_principal'] },
    { flag: 'plugin_dir', needs: ['plugin_conf'] },
    { flag: 'plugin_conf', needs: ['plugin_dir'] },
    { flag: 'disable_http', is: true, needs: ['ssl_keystore_path'] },
    // StatsDReporter.scala, DataDogUDPReporter.scala: without them, the reporter fails at its start.
    ...['host', 'port'].flatMap((part): readonly Need[] => [
      { flag: 'metrics_statsd', is: true, needs: [`metrics_statsd_${part}`] },
      {
        flag: 'metrics_datadog',
        is: true,
        when: values => values('metrics_datadog_protocol') === 'udp',
        needs: [`metrics_datadog_${part}`],
      },
    ]),
  ],
}

/** Flags that have no effect without another flag. */
const useful: Readonly<Record<Daemon, readonly Need[]>> = {
  master: [
    ...whole(
      ['http_authenticators'],
      ['authenticate_http_readonly: true', 'authenticate_http_readwrite: true'],
    ),
    ...whole(['http_framework_authenticators'], ['authenticate_http_frameworks: true']),
    { flag: 'acls', needs: ['authorizers: local'] },
  ],
  agent: [
    ...whole(
      ['http_authenticators', 'http_credentials'],
      [
        'authenticate_http_readonly: true',
        'authenticate_http_readwrite: true',
        'authenticate_http_executors: true',
      ],
    ),
    ...whole(
      [
        ...['authenticatee', 'authentication_backoff_factor'],
        ...['authentication_timeout_max', 'authentication_timeout_min'],
      ],
      ['credential'],
    ),
    { flag: 'acls', needs: ['authorizer: local'] },
    { flag: 'domain_socket_location', needs: ['http_executor_domain_sockets: true'] },
    { flag: 'cgroups_net_cls_secondary_handles', needs: ['cgroups_net_cls_primary_handle'] },
    { flag: 'xfs_kill_containers', is: true, needs: ['enforce_container_disk_quota: true'] },
    ...whole(['image_gc_config', 'image_provisioner_backend', 'docker_ignore_runtime'], ['image_providers']),
    ...whole(['perf_duration', 'perf_interval'], ['perf_events']),
    { flag: 'seccomp_profile_name', needs: ['seccomp_config_dir'] },
  ],
  marathon: [
    ...whole(
      ['metrics_statsd_host', 'metrics_statsd_port', 'metrics_statsd_transmission_interval_ms'],
      ['metrics_statsd: true'],
    ),
    ...whole(
      [
        ...['metrics_datadog_host', 'metrics_datadog_port', 'metrics_datadog_protocol'],
        'metrics_datadog_transmission_interval_ms',
      ],
      ['metrics_datadog: true'],
    ),
    { flag: 'draining_seconds', needs: ['maintenance_mode: true'] },
    ...whole(['mesos_authentication_secret_file'], ['mesos_authentication: true']),
    ...whole(['https_port', 'https_address', 'leader_proxy_ssl_ignore_hostname'], ['ssl_keystore_path']),
    ...whole(['min_mesos_offer_constraints_update_interval'], ['mesos_offer_constraints: true']),
    ...whole(['zk_compression_threshold'], ['zk_compression: true']),
    {
      flag: 'gpu_scheduling_behavior',
      when: values => !has(values, 'enable_features', 'gpu_resources'),
      needs: ['enable_features: gpu_resources'],
    },
  ],
}

/** Flags that Marathon 1.11 accepts and never reads. */
const ignored: Readonly<Record<Daemon, readonly string[]>> = {
  master: [],
  agent: [],
  marathon: [
    'assets_path',
    'group_manager_request_timeout',
    'max_apps',
    'metrics',
    'task_update_request_timeout',
  ],
}

/** The needs of a daemon's flags, by flag, since most flags have none. */
function byFlag(needs: readonly Need[]): ReadonlyMap<string, readonly Need[]> {
  return new Map(needs.map(({ flag }) => [flag, needs.filter(need => need.flag === flag)]))
}

const tableOf = (daemon: Daemon) => ({ required: byFlag(required[daemon]), useful: byFlag(useful[daemon]) })
const needsOf = { master: tableOf('master'), agent: tableOf('agent'), marathon: tableOf('marathon') }

/** Flags that require another flag that is not set, and flags that another flag contradicts. */
export function missingFlags(daemon: Daemon, given: GivenFlags, path: Path): readonly Problem[] {
  const values: Values = flag => given.get(flag)?.value ?? defaultOf(daemon, flag)
  const table = needsOf[daemon]
  const needs = [...given].flatMap(([flag, { as }]) => {
    const place = { path: path.below(as), at: 'key' } as const
    const unmet = (list: readonly Need[] | undefined) =>
      list === undefined ? [] : list.filter(need => isUnmet(need, values, defaultOf(daemon, flag)))
    return [
      ...unmet(table.required.get(flag)).map(
        (need): Problem => ({ code: 'E095', ...place, message: `requires ${need.needs.join(' or ')}` }),
      ),
      ...(ignored[daemon].includes(flag)
        ? [
            {
              code: 'W020',
              ...place,
              message: 'has no effect: Marathon ignores it',
              help: 'remove it',
            } as const,
          ]
        : []),
      ...unmet(table.useful.get(flag)).map(
        (need): Problem => ({
          code: 'W020',
          ...place,
          message: `has no effect without ${need.needs.join(' or ')}`,
        }),
      ),
    ]
  })
  const contradictions = comparisons(daemon, values, flag => given.has(flag)).map(
    ({ flag, message }): Problem => ({
      code: 'E095',
      path: path.below(given.get(flag)?.as ?? flag),
      message,
    }),
  )
  return [...needs, ...contradictions]
}

function isUnmet({ flag, is, when, needs }: Need, values: Values, standard: unknown): boolean {
  const value = values(flag)
  const counts = is === undefined ? value !== standard : value === is
  return counts && (when === undefined || when(values)) && !needs.some(other => isMet(other, values))
}

// Marathon reads some defaults from its environment, in which our images set nothing.
function defaultOf(daemon: Daemon, flag: string): unknown {
  const value = findFlag(daemon, flag)?.[1].default
  return /^\$/.test(String(value)) ? undefined : value
}

/** Whether `flag` is set, or has the value in `flag: value`. */
function isMet(need: string, values: Values): boolean {
  const [flag = '', value] = need.split(': ')
  if (value === undefined) return values(flag) !== undefined
  return String(values(flag)) === value || has(values, flag, value)
}
