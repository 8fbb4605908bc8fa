import { largestExact, type MesosValue, parseValue, type Range, shownByMesos } from './mesos-values.ts'
import type { Path } from './problem-path.ts'
import { helping, type Problem, show } from './problems.ts'
import { roleTrouble } from './roles.ts'

type Pairs = Readonly<Record<string, string | number>>
type Trouble = Omit<Problem, 'path'>

/** One entry of `mesos_resources`, such as `mem(web): 8192`. */
interface Resource {
  readonly path: Path
  readonly name: string
  readonly role: string
  readonly value: string | number
  readonly read: MesosValue
}

/** Resources that Mesos could not read, or would change (Mesos 1.11, src/common/resources.cpp). */
export function checkResources(resources: Pairs, path: Path): readonly Problem[] {
  const all = Object.entries(resources).map(([key, value]): Resource => {
    const [name = '', role = '*'] = key.replace(/\)$/, '').split('(')
    return { path: path.below(key), name, role, value, read: parseValue(String(value)) }
  })
  return all.flatMap((resource, index) => {
    const trouble =
      resourceTrouble(resource) ?? clashTrouble(resource, all.slice(0, index)) ?? zeroTrouble(resource, all)
    return trouble === undefined ? [] : [{ path: resource.path, ...trouble }]
  })
}

// Resources may be 0 without a role, and reserved for a role.
function zeroTrouble({ name }: Resource, all: readonly Resource[]): Trouble | undefined {
  const same = all.filter(other => other.name === name)
  const nothing = same.every(({ read }) => read.kind === 'scalar' && read.amount === 0)
  if (!nothing || (name !== 'cpus' && name !== 'mem')) return undefined
  const help = 'to have the amount detected, remove the entry'
  return { code: 'W026', message: 'is 0, so no task runs on these agents', help }
}

function resourceTrouble({ name, role, value, read }: Resource): Trouble | undefined {
  const wrongRole = roleTrouble(role)
  if (wrongRole !== undefined)
    return { code: 'E039', at: 'key', message: `the role ${show(role)} ${wrongRole}` }
  const known = mistakenFor(name)
  if (known !== undefined) {
    const message = `Mesos would take ${name} for a new resource, which no task asks for`
    return { code: 'E100', at: 'key', message, help: `did you mean "${known}"?` }
  }
  const expects = expected(name, read)
  if (expects !== undefined) {
    const message = `must be ${expects}, got ${show(value)}`
    return { code: 'E039', message, ...helping(inMebibytes(name, value)) }
  }
  if (read.kind === 'scalar') return amountTrouble(name, read.amount)
  if (read.kind === 'set') return setTrouble(String(value), read.items)
  return read.kind === 'ranges' && isPorts(name) ? portsTrouble(read.ranges) : undefined
}

const amounts = ['cpus', 'mem', 'disk', 'gpus', 'network_bandwidth']
const isPorts = (name: string) => name === 'ports' || name === 'ephemeral_ports'

/** What a resource must be, if it isn't. */
function expected(name: string, read: MesosValue): string | undefined {
  if (amounts.includes(name)) {
    if (read.kind !== 'scalar') return 'an amount, 0 or more'
    return name === 'gpus' && !Number.isInteger(read.amount) ? 'a whole number of GPUs' : undefined
  }
  if (isPorts(name)) return read.kind === 'ranges' ? undefined : 'ranges such as "[31000-32000]"'
  if (read.kind !== 'text' && read.kind !== 'error') return undefined
  return 'an amount, ranges such as "[1-9]" or a set such as "{a,b}"'
}

const factors: Readonly<Record<string, number>> = { k: 2 ** -10, m: 1, g: 2 ** 10, t: 2 ** 20 }

/** The help for `mem: 16GB`. */
function inMebibytes(name: string, value: string | number): string | undefined {
  if (name !== 'mem' && name !== 'disk') return undefined
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgt])i?b?$/i.exec(String(value).trim()) ?? []
  const factor = factors[unit.toLowerCase()]
  return amount === undefined || factor === undefined
    ? undefined
    : `${name} is in MiB: write ${Math.ceil(Number(amount) * factor)}`
}

// More than any machine has, so the unit is wrong: the largest instance has 32 TiB of memory.
const most: Readonly<Record<string, number>> = { mem: 64 * 2 ** 20, disk: 2 ** 30 }

// The largest instance has 1,920. Kubernetes counts in thousandths of a CPU.
const mostCpus = 1920

function amountTrouble(name: string, amount: number): Trouble | undefined {
  const limit = most[name]
  if (limit !== undefined && amount > limit) {
    const bytes = Math.floor(amount / 2 ** 20)
    const message = `must be in MiB: ${amount} MiB is more than any machine has`
    return { code: 'E102', message, help: `if it is in bytes, write ${bytes}` }
  }
  if (name === 'cpus' && amount > mostCpus) {
    const message = `must be a number of CPUs: ${amount} is more than any machine has`
    return { code: 'E102', message, help: `if it is in thousandths, write ${amount / 1000}` }
  }
  if (amount > largestExact)
    return { code: 'E101', message: `must be at most ${largestExact}, got ${amount}` }
  const shown = shownByMesos(amount)
  if (amount > 0 && shown === '0')
    return { code: 'E039', message: `must be 0, or 0.001 or more, got ${amount}` }
  if (Number(shown) === amount) return undefined
  return { code: 'W025', message: `Mesos keeps three decimals, and reads ${amount} as ${shown}` }
}

function setTrouble(text: string, items: readonly string[]): Trouble | undefined {
  if (/[:()]/.test(text)) return { code: 'E039', message: 'the items of a set must not contain : ( or )' }
  const twice = items.find((item, index) => items.indexOf(item) !== index)
  if (twice !== undefined) return { code: 'E039', message: `the set has ${show(twice)} twice` }
  if (!/[^\s{},] +[^\s{},]/.test(text)) return undefined
  return { code: 'W025', message: 'Mesos removes the spaces in the items of a set' }
}

function portsTrouble(ranges: readonly Range[]): Trouble | undefined {
  const wrong = ranges.find(([first, last]) => first < 1n || last > 65_535n)
  if (wrong === undefined) return undefined
  return { code: 'E102', message: `must be ports from 1 to 65535, got ${wrong.join('-')}` }
}

/** The problem of a resource together with those before it. */
function clashTrouble(resource: Resource, others: readonly Resource[]): Trouble | undefined {
  const { name, role, read } = resource
  const same = others.filter(other => other.name === name)
  const key = ({ path }: Resource) => path.words.at(-1)
  const [first] = same
  // `cpus` and `cpus(*)`: Mesos would add them up.
  if (same.some(other => other.role === role))
    return { code: 'E102', at: 'key', message: `is set twice for the role ${role}`, help: 'keep one of them' }
  if (first !== undefined && first.read.kind !== 'error' && first.read.kind !== read.kind)
    return { code: 'E039', message: `must have the same type as ${key(first)}` }
  const sharing = same.find(other => isPorts(name) && overlap(other.read, read))
  if (sharing === undefined) return undefined
  return {
    code: 'E102',
    message: `must not contain ports of ${key(sharing)}`,
    help: 'offer each port to one role',
  }
}

function overlap(a: MesosValue, b: MesosValue): boolean {
  if (a.kind !== 'ranges' || b.kind !== 'ranges') return false
  return a.ranges.some(([first, last]) => b.ranges.some(([from, to]) => first <= to && from <= last))
}

// Common mistakes in the names of the resources of Mesos. Any other name is a custom resource.
const aliases: Readonly<Record<string, readonly string[]>> = {
  cpus: ['cpu', 'cores', 'vcpu', 'vcpus', 'cpuss', 'cpsu', 'pcus'],
  mem: ['memory', 'mems', 'memmory', 'ram', 'rams', 'memory_mb', 'mem_mb'],
  disk: ['disks', 'disc', 'discs', 'dsik', 'disk_mb'],
  gpus: ['gpu', 'gpsu', 'pgus'],
  ports: ['port', 'prots', 'prot'],
}

/**
 * The resource of Mesos (src/slave/containerizer/containerizer.cpp) that a misspelled name stands for. Undefined for
 * all other names.
 */
export function mistakenFor(name: string): string | undefined {
  const plain = name.toLowerCase().replaceAll('-', '_')
  return Object.entries(aliases).find(
    ([known, others]) => name !== known && (plain === known || others.includes(plain)),
  )?.[0]
}
