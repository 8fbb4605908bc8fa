import marathonFlags from './marathon-flags.json' with { type: 'json' }
import mesosFlags from './mesos-flags.json' with { type: 'json' }

export type Daemon = 'master' | 'agent' | 'marathon'

export interface Flag {
  readonly type: string
  readonly default?: unknown
  readonly constraint?: string
  readonly excludes?: readonly string[]
  readonly build_condition?: readonly string[]
  readonly deprecated_alias?: string
}

/** Options of a daemon as they are written, possibly with deprecated names. */
export type Options = Readonly<Record<string, unknown>>

/** The values of flags by their current names: those that are set, and otherwise the defaults. */
export type Values = (flag: string) => unknown

export const tables: Readonly<Record<Daemon, Readonly<Record<string, Flag>>>> = {
  ...mesosFlags,
  ...marathonFlags,
}

export const namesOfFlags = (daemon: Daemon): readonly string[] => Object.keys(tables[daemon])

/** The flag with a name, which may be a deprecated one. */
export function findFlag(daemon: Daemon, name: string): readonly [string, Flag] | undefined {
  const flag = tables[daemon][name]
  if (flag !== undefined && Object.hasOwn(tables[daemon], name)) return [name, flag]
  const present = aliases[daemon].get(name)
  return present === undefined ? undefined : [present, tables[daemon][present] as Flag]
}

/** The current names of flags, by their deprecated names. */
const aliasesOf = (daemon: Daemon): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(tables[daemon]).flatMap(([name, { deprecated_alias: alias }]) =>
      alias === undefined ? [] : [[alias, name] as const],
    ),
  )

const aliases: Readonly<Record<Daemon, ReadonlyMap<string, string>>> = {
  master: aliasesOf('master'),
  agent: aliasesOf('agent'),
  marathon: aliasesOf('marathon'),
}

/** An option with the current name of its flag, and the name as it was written. */
interface Given {
  readonly as: string
  readonly value: unknown
}

export type GivenFlags = ReadonlyMap<string, Given>

/** Options by the current names of their flags, without those that are not flags. */
export function givenFlags(daemon: Daemon, options: Options): GivenFlags {
  return new Map(
    Object.entries(options).flatMap(([as, value]) => {
      const found = findFlag(daemon, as)
      return found === undefined ? [] : [[found[0], { as, value }] as const]
    }),
  )
}
