import type { Daemon } from './flag-tables.ts'

/** A value with which the daemon exits. */
interface Ending {
  /** The value, if the daemon exits only with this value. */
  readonly value?: unknown
  readonly why: string
}

const printing = {
  version: { value: true, why: 'prints its version and exits' },
  help: { value: true, why: 'prints its flags and exits' },
}

const endings: Readonly<Record<Daemon, Readonly<Record<string, Ending>>>> = {
  // src/master/main.cpp; src/master/flags.cpp.
  master: { ...printing, registry_strict: { value: true, why: 'no longer supports it and exits' } },
  // src/slave/main.cpp; src/slave/slave.cpp, Slave::__recover.
  agent: { ...printing, recover: { value: 'cleanup', why: 'stops all tasks and exits' } },
  // MarathonConf.scala, validateDefaultAcceptedResourceRoles.
  marathon: {
    default_accepted_resource_roles: {
      why: 'no longer supports it and exits; use accepted_resource_roles_default_behavior',
    },
  },
}

/** Why a flag makes its daemon exit right after the start. Undefined if it does not. */
export function endingTrouble(
  daemon: Daemon,
  name: string,
  value: unknown,
): { readonly at?: 'key'; readonly message: string } | undefined {
  const ending = Object.hasOwn(endings[daemon], name) ? endings[daemon][name] : undefined
  const who = daemon === 'marathon' ? 'Marathon' : `mesos-${daemon}`
  if (ending === undefined) return undefined
  if (!('value' in ending)) return { at: 'key', message: `must not be set: ${who} ${ending.why}` }
  return ending.value === value ? { message: `must not be ${value}: ${who} ${ending.why}` } : undefined
}
