import marathonFlags from './marathon-flags.json' with { type: 'json' }
import mesosFlags from './mesos-flags.json' with { type: 'json' }
import { didYouMean } from './nearest.ts'
import type { Problem } from './problems.ts'
import { show } from './problems.ts'
import { printable } from './types.ts'
import type { VariableName } from './variables.ts'

export type Daemon = 'master' | 'agent' | 'marathon'

interface Flag {
  readonly type: string
  readonly constraint?: string
  readonly deprecated_alias?: string
}

const tables: Readonly<Record<Daemon, Readonly<Record<string, Flag>>>> = { ...mesosFlags, ...marathonFlags }

/** The variables that hold flags, and the daemon whose flags they are. */
export const optionVariables = {
  mesos_leader_options: 'master',
  mesos_follower_options: 'agent',
  marathon_options: 'marathon',
} as const satisfies Partial<Record<VariableName, Daemon>>

const atBoot = 'the machine finds it out at boot'
const zkUrl = 'set mesos_zk_dns, mesos_zk_port and mesos_zk_chroot'
const secret = 'it would put a secret into user-data, which every process on the machine can read'
const everyDaemon = { ip: atBoot, ip_discovery_command: atBoot, hostname: atBoot, hostname_lookup: atBoot }
const everyMesos = {
  ...everyDaemon,
  log_dir: 'set mesos_log_dir',
  work_dir: 'set mesos_work_dir',
  master_detector: zkUrl,
}

/** Flags that can't be given as options, each with the reason or the variable to use. */
const reserved: Readonly<Record<Daemon, Readonly<Record<string, string>>>> = {
  master: {
    ...everyMesos,
    zk: zkUrl,
    master_contender: zkUrl,
    port: 'set mesos_leader_port',
    cluster: 'set mesos_cluster',
    quorum: 'it follows from the number of leaders',
  },
  agent: {
    ...everyMesos,
    master: zkUrl,
    port: 'set mesos_follower_port',
    attributes: 'set mesos_attributes',
    resources: 'set mesos_resources',
    isolation: 'set mesos_isolation',
    containerizers: 'set mesos_containerizers',
    executor_registration_timeout: 'set mesos_executor_registration_timeout',
    runtime_dir: 'set mesos_runtime_dir',
  },
  marathon: {
    ...everyDaemon,
    master: zkUrl,
    zk: 'set mesos_zk_dns, mesos_zk_port and marathon_zk_chroot',
    http_port: 'set marathon_http_port',
    http_credentials: secret,
    mesos_authentication_secret: `${secret}; use mesos_authentication_secret_file`,
    ssl_keystore_password: secret,
    metrics_datadog_api_key: secret,
    sentry: secret,
  },
}

/** Flags whose content is a secret, so that they may name a file with it, but not hold it. */
const byFileOnly = /^(docker_config|.*credentials?|.*secret.*key)$/

interface Form {
  readonly expects: string
  readonly fits: (value: unknown) => boolean
}

const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const isText = (value: unknown) => Number.isFinite(value) || (value !== '' && matches(printable)(value))
const isWhole = (value: unknown) => Number.isSafeInteger(value)
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isFile = matches(/^(file:\/\/)?\/\S+$/)
const trueOrFalse: Form = { expects: 'true or false', fits: value => typeof value === 'boolean' }
const aWhole: Form = { expects: 'a whole number', fits: isWhole }
const listOfText: Form = {
  expects: 'text or a list of texts',
  fits: value => isText(value) || (Array.isArray(value) && value.every(isText)),
}

/** How each type of the flag tables is checked. A type that is missing here is text. */
const forms: Readonly<Record<string, Form>> = {
  bool: trueOrFalse,
  boolean: trueOrFalse,
  toggle: trueOrFalse,
  int: aWhole,
  long: aWhole,
  uint: { expects: 'a whole number, 0 or more', fits: value => isWhole(value) && Number(value) >= 0 },
  port: {
    expects: 'a port from 0 to 65535',
    fits: value => isWhole(value) && Number(value) >= 0 && Number(value) <= 65_535,
  },
  double: { expects: 'a number', fits: value => typeof value === 'number' && Number.isFinite(value) },
  duration: {
    expects: 'a duration such as 10secs or 5mins',
    fits: matches(/^\d+(\.\d+)?(ns|us|ms|secs|mins|hrs|days|weeks)$/),
  },
  bytes: { expects: 'a size such as 64MB', fits: matches(/^\d+(\.\d+)?(B|KB|MB|GB|TB)$/) },
  path: { expects: 'an absolute path', fits: isFile },
  ip: { expects: 'an address such as 10.0.0.1', fits: matches(/^\d{1,3}(\.\d{1,3}){3}$/) },
  'string-list': listOfText,
  'Set[String]': listOfText,
  'uint-list': {
    expects: 'a list of whole numbers',
    fits: value => Array.isArray(value) && value.every(item => isWhole(item) && item >= 0),
  },
}

const json: Form = {
  expects: 'a map, or the path of a file with JSON',
  fits: value => isObject(value) || isFile(value),
}
const text: Form = { expects: 'text', fits: isText }

function formOf(name: string, { type, constraint }: Flag): Form {
  if (byFileOnly.test(name))
    return { expects: 'the path of a file on the machine, since it holds a secret', fits: isFile }
  if (constraint !== undefined && /^[a-z_]+(\|[a-z_]+)+$/.test(constraint)) {
    const values = constraint.split('|')
    return { expects: `one of ${values.join(', ')}`, fits: value => values.includes(String(value)) }
  }
  return forms[type] ?? (type.startsWith('json') ? json : text)
}

/** The flag behind a name, which may be its older spelling. */
function findFlag(daemon: Daemon, name: string): readonly [string, Flag] | undefined {
  const flag = tables[daemon][name]
  if (flag !== undefined && Object.hasOwn(tables[daemon], name)) return [name, flag]
  return Object.entries(tables[daemon]).find(([, { deprecated_alias }]) => deprecated_alias === name)
}

function flagTrouble(daemon: Daemon, name: string, value: unknown): string | undefined {
  const found = findFlag(daemon, name)
  if (found === undefined) {
    const who = daemon === 'marathon' ? 'Marathon' : `mesos-${daemon}`
    return `unknown flag of ${who}${didYouMean(name, Object.keys(tables[daemon]))}`
  }
  const [flagName, flag] = found
  const reason = reserved[daemon][flagName]
  if (reason !== undefined) return `can't be set as an option: ${reason}`
  const form = formOf(flagName, flag)
  if (form.fits(value)) return undefined
  return `must be ${form.expects}${byFileOnly.test(flagName) ? '' : `, got ${show(value)}`}`
}

/** Every problem with the options of one daemon. `path` is the place of the map in the inventory. */
export function checkFlags(
  daemon: Daemon,
  options: Readonly<Record<string, unknown>>,
  path: string,
): readonly Problem[] {
  const problems = Object.entries(options).flatMap(([name, value]): Problem[] => {
    const message = flagTrouble(daemon, name, value)
    return message === undefined ? [] : [{ path: `${path}.${name}`, message }]
  })
  const twice = Object.keys(options).filter(name => {
    const [flagName] = findFlag(daemon, name) ?? [name]
    return flagName !== name && Object.hasOwn(options, flagName)
  })
  return [
    ...problems,
    ...twice.map(name => ({
      path: `${path}.${name}`,
      message: `is the older name of ${findFlag(daemon, name)?.[0]}, which is set too; keep one of them`,
    })),
  ]
}

/** Whether a flag is one of Marathon's switches, which are turned on by an empty value. */
export function isToggle(name: string): boolean {
  return tables.marathon[name]?.type === 'toggle'
}
