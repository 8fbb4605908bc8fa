import * as z from 'zod/mini'

/**
 * The values that a variable accepts. `expects` completes the sentence "must be …". `hint` is the help for common
 * mistakes.
 */
export interface Type<T> {
  readonly name: string
  readonly expects: string
  readonly schema: z.ZodMiniType<T>
  readonly hint?: (value: unknown) => string | undefined
  readonly entries?: Entries
}

/** What each entry of a map or a list must be, so that a problem is shown at the entry and not at the whole. */
export interface Entries {
  readonly items: Type<unknown>
  /** Of a map: what its keys must be. */
  readonly keys?: Type<unknown>
  /** Entries with the same result are duplicates. */
  readonly alike?: (key: string, item: unknown) => string
  /** The largest number of entries. */
  readonly most?: number
}

/** The TypeScript type of the values of a type. */
export type Held<T> = T extends Type<infer V> ? V : never

/**
 * Text that fits on one line of every file we render. YAML 1.1 and systemd give a meaning to control
 * characters, to the Unicode line ends and to lone surrogates, so no value may contain them. systemd drops
 * the whole variable at a non-character: U+FDD0 to U+FDEF, and the last two of each plane
 * (systemd, src/basic/utf8.c, `unichar_is_valid`).
 */
export const printable = new RegExp(
  String.raw`^[\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd${higherPlanes()}]*$`,
  'u',
)

/** The planes 1 to 16 of Unicode, each without its last two code points. */
function higherPlanes(): string {
  const planes = Array.from({ length: 16 }, (_, index) => (index + 1).toString(16))
  return planes.map(plane => `\\u{${plane}0000}-\\u{${plane}fffd}`).join('')
}

export const textual = (
  name: string,
  expects: string,
  pattern: RegExp,
  hint?: Type<string>['hint'],
): Type<string> => ({
  name,
  expects,
  schema: z.string().check(z.regex(pattern)),
  hint: value => (pattern.test(bareText(value)) ? `write "${bareText(value)}"` : hint?.(value)),
})

/** Values that would be text in quotes: YAML reads 42 and true as a number and a boolean. */
function bareText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '\n'
}

const whole = (name: string, expects: string, min: number, max: number): Type<number> => ({
  name,
  expects,
  schema: z.int().check(z.gte(min), z.lte(max)),
  hint: value =>
    Number.isInteger(value) && Number(value) > max && !expects.includes(`${max}`)
      ? `the maximum is ${max}`
      : undefined,
})

export const text: Type<string> = {
  name: 'text',
  expects: 'a single line of text without control characters',
  schema: z.string().check(z.minLength(1), z.regex(printable)),
}

export const bool: Type<boolean> = { name: 'true or false', expects: 'true or false', schema: z.boolean() }

export const port = whole('port', 'a port from 1 to 65535', 1, 65_535)
export const count = whole('count', 'a whole number, 0 or greater', 0, 1_000_000)

/** ZooKeeper 3.8 runs with a heap of 8 MiB. With 6 MiB, it runs out of memory at the start. */
export const zookeeperHeap = whole('MiB', 'a heap of 16 MiB or more', 16, 1_000_000)

/** Java 17 requires at least 3 MiB, and the libraries of Marathon require many times as much. */
export const marathonHeap = whole('MiB', 'a heap of 64 MiB or more', 64, 1_000_000)

/** ZooKeeper drops a server that does not respond for 3 ticks, and limits sessions to 20 ticks. */
export const tick = whole('milliseconds', 'from 100 to 60000 milliseconds', 100, 60_000)

export const path = textual(
  'path',
  'an absolute path of letters, digits and . _ - + @ % /',
  /^\/[\w.+@%/-]*$/,
)

export const program = textual(
  'program',
  'the name or absolute path of a program, without arguments',
  /^(\/([\w.+-]*\/)*)?(?!\.{1,2}$)[A-Za-z0-9._+][\w.+-]*$/,
)

export const dnsName = textual(
  'DNS name',
  'a DNS name such as zookeeper.service.consul',
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
  value => (String(value).includes(':') ? 'set the port in mesos_zk_port' : undefined),
)

export const znode = textual(
  'ZooKeeper path',
  'a ZooKeeper path without a leading slash, such as mesos or prod/mesos',
  /^(?!zookeeper(\/|$))(?!\.\.?(\/|$))[A-Za-z0-9._-]+(\/(?!\.\.?(\/|$))[A-Za-z0-9._-]+)*$/,
  value => {
    const bare = String(value).replace(/^\/+|\/+$/g, '')
    return bare === '' || bare === value ? undefined : `write ${bare}`
  },
)

/** Names that Consul, DNS, EC2 and IAM accept, short enough to be part of longer names. */
export const name = textual(
  'name',
  'a name of 1 to 32 lowercase letters, digits and hyphens that starts with a letter and does not end with a hyphen',
  /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/,
)

export function oneOf<const T extends string>(...values: readonly T[]): Type<T> {
  return { name: values.join(', '), expects: `one of ${values.join(', ')}`, schema: z.literal([...values]) }
}

/** A list of at least one name. */
export const names: Type<readonly string[]> = {
  name: 'list of names',
  expects: 'a list of names such as [docker, mesos]',
  schema: z.array(z.string().check(z.regex(/^[A-Za-z0-9_./-]+$/))).check(z.minLength(1)),
  entries: { items: textual('name', 'a name of letters, digits and . _ - /', /^[A-Za-z0-9_./-]+$/) },
}

const pairValue: Type<string | number> = {
  ...textual('value', 'a number or a single line of text without semicolons', /^[^;\n]+$/),
  schema: z.union([z.number(), z.string().check(z.minLength(1), z.regex(printable), z.regex(/^[^;]*$/))]),
}

const pairs = (
  what: string,
  expects: string,
  keys: Type<string>,
): Type<Readonly<Record<string, string | number>>> => ({
  name: what,
  expects,
  schema: z.record(keys.schema as z.ZodMiniString, pairValue.schema),
  entries: { items: pairValue, keys },
})

export const attributes = pairs(
  'map of attributes',
  'a map from names to text or numbers without semicolons, such as { rack: r1 }',
  textual('name', 'a name of letters, digits and . _ - /', /^[A-Za-z0-9_/.-]+$/),
)

export const resources = pairs(
  'map of resources',
  'a map from resources to amounts or ranges, such as { cpus: 4, ports: "[31000-32000]" }',
  textual('resource', 'a resource such as cpus or cpus(web)', /^[A-Za-z0-9_/.-]+(\([A-Za-z0-9_/.*-]+\))?$/),
)

/** Cloud-config of the user. Its keys are checked one by one; see cloud-config/. */
export const cloudConfig: Type<Readonly<Record<string, unknown>>> = {
  name: 'cloud-config',
  expects: 'a cloud-config map such as { packages: [htop] }',
  schema: z.record(z.string(), z.unknown()).check(z.refine(isWellFormed)),
}

// A lone surrogate cannot be encoded in UTF-8.
function isWellFormed(value: unknown): boolean {
  return !/(?<!\\)(\\\\)*\\ud[89a-f]/.test(JSON.stringify(value))
}

/** Flags of a daemon: checked one by one against its table, see flags.ts. */
export const flags: Type<Readonly<Record<string, unknown>>> = {
  name: 'map of flags',
  expects: 'a map from flags to values, such as { offer_timeout: 2mins }',
  schema: z.record(z.string(), z.unknown()),
}
