import { endingTrouble } from './flag-endings.ts'
import { boundsTrouble, type Form, formOf, secretFile } from './flag-forms.ts'
import meanings from './flag-meanings.json' with { type: 'json' }
import { unknownFields } from './flag-messages.ts'
import { unknownNames } from './flag-modules.ts'
import { missingFlags } from './flag-needs.ts'
import {
  type Daemon,
  type Flag,
  findFlag,
  givenFlags,
  namesOfFlags,
  type Options,
  tables,
} from './flag-tables.ts'
import { marathonForms } from './marathon-flag-values.ts'
import { mesosForms } from './mesos-flag-values.ts'
import { suggestion } from './nearest.ts'
import type { Path } from './problem-path.ts'
import { helping, type Problem, show } from './problems.ts'
import { directory } from './text-forms.ts'
import type { VariableName } from './variables.ts'
import { noValue } from './wrong-parts.ts'

/** The variables that hold flags, and the daemon whose flags they are. */
export const optionVariables = {
  mesos_leader_options: 'master',
  mesos_follower_options: 'agent',
  marathon_options: 'marathon',
} as const satisfies Partial<Record<VariableName, Daemon>>

const atBoot = 'the machine determines it at boot'
const zkUrl = 'set mesos_zk_dns, mesos_zk_port and mesos_zk_chroot'
const secret = 'every process on the machine can read user data, so it must not contain a secret'
const everyDaemon = { ip: atBoot, ip_discovery_command: atBoot, hostname: atBoot, hostname_lookup: atBoot }
const everyMesos = {
  ...everyDaemon,
  log_dir: 'set mesos_log_dir',
  work_dir: 'set mesos_work_dir',
  master_detector: zkUrl,
}

/** Flags that cannot be set as options, each with the reason or the variable to use. */
const reserved: Readonly<Record<Daemon, Readonly<Record<string, string>>>> = {
  master: {
    ...everyMesos,
    zk: zkUrl,
    master_contender: zkUrl,
    port: 'set mesos_leader_port',
    cluster: 'set mesos_cluster',
    quorum: 'it is computed from the number of leaders',
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

/** Flags whose content is a secret. They may name a file that contains it, but must not contain it themselves. */
const byFileOnly = /^(docker_config|.*credentials?|.*secret.*key)$/

const nearestFlag = (daemon: Daemon, name: string, beside: Options) =>
  suggestion(name, namesOfFlags(daemon), beside)

/** The variable for a flag that belongs to another daemon. */
function homeOf(name: string): string | undefined {
  const home = Object.entries(optionVariables).find(([, daemon]) => findFlag(daemon, name) !== undefined)
  return home === undefined ? undefined : `move it under ${home[0]}`
}

/** The problem of one option, without its place. */
function flagTrouble(daemon: Daemon, name: string, options: Options): Omit<Problem, 'path'> | undefined {
  const value = options[name]
  const found = findFlag(daemon, name)
  if (found === undefined) {
    const message = `unknown flag of ${daemon === 'marathon' ? 'Marathon' : `mesos-${daemon}`}`
    return {
      code: 'E026',
      at: 'key',
      message,
      ...helping(homeOf(name) ?? nearestFlag(daemon, name, options)),
    }
  }
  const [flagName, flag] = found
  const reason = reserved[daemon][flagName]
  if (reason !== undefined) {
    const message = `cannot be set as an option: ${reason}`
    return reason.startsWith(secret) ? { code: 'E028', message } : { code: 'E027', at: 'key', message }
  }
  if (byFileOnly.test(flagName)) {
    return secretFile.fits(value) ? undefined : { code: 'E028', message: `must be ${secretFile.expects}` }
  }
  if (value === null) return noValue
  const ending = endingTrouble(daemon, flagName, value)
  if (ending !== undefined) return { code: 'E094', ...ending }
  const expects = valueTrouble(daemon, flagName, flag, value)
  return expects === undefined
    ? undefined
    : { code: 'E029', message: `must be ${expects}, got ${show(value)}` }
}

function valueForm(daemon: Daemon, name: string, { type, constraint }: Flag): Form {
  const forms = daemon === 'marathon' ? marathonForms : mesosForms
  return (Object.hasOwn(forms, name) ? forms[name] : undefined) ?? formOf(type, constraint)
}

/** What a value must be, if it isn't. */
function valueTrouble(daemon: Daemon, name: string, flag: Flag, value: unknown): string | undefined {
  const form = valueForm(daemon, name, flag)
  if (daemon !== 'marathon' && form !== directory && isFileUrl(value))
    return contentFile.test(value) ? undefined : 'the absolute path of a file after file://'
  return form.fits(value) ? boundsTrouble(flag.constraint, value) : form.expects
}

// Mesos replaces such a value by the content of the file (3rdparty/stout/include/stout/flags/fetch.hpp).
const contentFile = /^file:\/\/\/[^\s/]\S*$/
const isFileUrl = (value: unknown): value is string => typeof value === 'string' && /^file:/i.test(value)

/** Every problem with the options of one daemon. `path` is the place of the map in the inventory. */
export function checkFlags(daemon: Daemon, options: Options, path: Path): readonly Problem[] {
  const problems = Object.keys(options).flatMap((name): Problem[] => {
    const trouble = flagTrouble(daemon, name, options)
    return trouble === undefined ? [] : [{ path: path.below(name), ...trouble }]
  })
  const given = givenFlags(daemon, options)
  // Options that are invalid by themselves are not compared with others.
  const isRight = ({ path: place }: Problem) => !problems.some(problem => problem.path.isSame(place))
  return [
    ...problems,
    ...givenTwice(daemon, options, path),
    ...unknownNames(daemon, given, options, path).filter(isRight),
    ...unknownFields(daemon, options, path).filter(isRight),
    ...missingFlags(daemon, given, path).filter(isRight),
    ...onlyInSomeBuilds(daemon, options, path),
  ]
}

function givenTwice(daemon: Daemon, options: Options, path: Path): readonly Problem[] {
  return Object.keys(options).flatMap((name): readonly Problem[] => {
    const [flagName, flag] = findFlag(daemon, name) ?? [name]
    const place = { code: 'E030', path: path.below(name), at: 'key', help: 'keep one of them' } as const
    if (flagName !== name && Object.hasOwn(options, flagName))
      return [{ ...place, message: `is a deprecated name of ${flagName}, which is also set` }]
    // If two flags exclude each other, the problem is shown at the later one.
    const other = flag?.excludes?.find(excluded => Object.hasOwn(options, excluded) && excluded < name)
    return other === undefined ? [] : [{ ...place, message: `cannot be combined with ${other}` }]
  })
}

// Debian's and clusterd's packages are built with TLS.
const usual = 'USE_SSL_SOCKET'

function onlyInSomeBuilds(daemon: Daemon, options: Options, path: Path): readonly Problem[] {
  return Object.keys(options).flatMap((name): readonly Problem[] => {
    const needs = findFlag(daemon, name)?.[1].build_condition?.filter(condition => condition !== usual) ?? []
    if (needs.length === 0) return []
    const message = `exists only in Mesos builds with ${needs.join(' and ')}`
    return [
      { code: 'W004', path: path.below(name), at: 'key', message, help: 'make sure that your build has it' },
    ]
  })
}

/** What a daemon's options may be, for a person: those that a variable sets are left out. */
export function flagTable(daemon: Daemon): readonly FlagRow[] {
  return Object.entries(tables[daemon])
    .filter(([name]) => reserved[daemon][name] === undefined)
    .map(([name, flag]) => {
      const { expects } = byFileOnly.test(name) ? secretFile : valueForm(daemon, name, flag)
      return { name, expects, value: flag.default, meaning: meaningOf(daemon, name) }
    })
}

/** What the most common flags are for, in a sentence. The manual of the daemon describes the others. */
function meaningOf(daemon: Daemon, name: string): string | undefined {
  const known: Readonly<Record<string, string>> = meanings[daemon]
  return Object.hasOwn(known, name) ? known[name] : undefined
}

interface FlagRow {
  readonly name: string
  readonly meaning: string | undefined
  /** Completes the sentence "must be …". */
  readonly expects: string
  readonly value: unknown
}

/** A flag as it is explained: what it takes, and the variable under which it is set. */
export interface FlagFacts extends FlagRow {
  readonly daemon: Daemon
  readonly variable: VariableName
  /** The name by which it was known before. */
  readonly deprecated: string | undefined
  /** Why it cannot be set as an option. */
  readonly reserved: string | undefined
  readonly bounds: string | undefined
}

/** The flags of that name: one for each daemon that has it. */
export function flagsNamed(name: string): readonly FlagFacts[] {
  return Object.entries(optionVariables).flatMap(([variable, daemon]): readonly FlagFacts[] => {
    const found = findFlag(daemon, name)
    if (found === undefined) return []
    const [flagName, flag] = found
    const { expects } = byFileOnly.test(flagName) ? secretFile : valueForm(daemon, flagName, flag)
    return [
      {
        name: flagName,
        daemon,
        variable: variable as VariableName,
        expects,
        value: flag.default,
        meaning: meaningOf(daemon, flagName),
        deprecated: flag.deprecated_alias,
        reserved: reserved[daemon][flagName],
        bounds: flag.constraint,
      },
    ]
  })
}

/** Every name of a flag of any daemon. */
export const everyFlagName: readonly string[] = [
  ...new Set(Object.values(optionVariables).flatMap(daemon => namesOfFlags(daemon))),
]

/** Whether a flag is a switch of Marathon, which an empty value turns on. */
export function isToggle(name: string): boolean {
  return tables.marathon[name]?.type === 'toggle'
}
