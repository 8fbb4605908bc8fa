import type { Cluster, Pool } from '../../cluster/cluster.ts'
import { Path } from '../../inventory/problem-path.ts'
import { type Problem, severityOf } from '../../inventory/problems.ts'
import { count } from '../../plan/words.ts'
import type { Facts } from './facts.ts'

/** The free private addresses of each subnet, as far as EC2 tells. */
export type FreeAddresses = ReadonlyMap<string, number>

type Need = Pick<Facts, 'cluster' | 'actual' | 'freeAddresses'>

/**
 * The groups whose subnets have too few free addresses: an error when its instances could not be launched now, a
 * warning when a pool could not grow to its maximum. Every instance takes one private address (Amazon EC2 API,
 * `Subnet.AvailableIpAddressCount`: unused addresses; those of stopped instances are in use).
 */
export function addressProblems({ cluster, actual, freeAddresses }: Need): readonly Problem[] {
  if (freeAddresses === undefined) return []
  const seats = newSeats({ cluster, actual })
  const crowded = [...seats].flatMap(([subnet, { wanted, group }]): readonly Problem[] => {
    const free = freeAddresses.get(subnet) ?? Infinity
    if (wanted <= free) return []
    const path = Path.inInventory('groups', group, 'subnets')
    return [tooFew('E113', path, `${count(wanted, 'leader')} in ${subnet}`, free)]
  })
  const left = new Map(
    [...freeAddresses].map(([subnet, free]) => [subnet, free - (seats.get(subnet)?.wanted ?? 0)]),
  )
  const pools = cluster.pools.map(pool => wishOf(pool, actual))
  const single = pools.flatMap(pool => wishProblem(pool, left))
  // Pools that share subnets may fit one by one, and not together.
  const all = wishProblem(together(pools), left).filter(({ code }) => !single.some(one => one.code === code))
  return [...crowded, ...single, ...all]
}

/** The problems that do not keep a launch from being carried out. */
export function addressWarnings(need: Need): readonly Problem[] {
  return addressProblems(need).filter(problem => severityOf(problem) === 'warning')
}

/** How many instances a pool could launch now, and up to its maximum. */
interface Wish {
  readonly path: Path
  readonly subnets: readonly string[]
  readonly now: number
  readonly most: number
}

function wishOf({ name, group, subnets, min, max }: Pool, { pools }: Facts['actual']): Wish {
  const machines = pools.find(pool => pool.name === name)?.machines.length ?? 0
  return {
    path: Path.inInventory('groups', group),
    subnets,
    now: Math.max(0, min - machines),
    most: Math.max(0, max - machines),
  }
}

/** All pools as one, for those that share subnets. */
function together(pools: readonly Wish[]): Wish {
  const sum = (of: (pool: Wish) => number) => pools.reduce((all, pool) => all + of(pool), 0)
  const subnets = [...new Set(pools.flatMap(pool => pool.subnets))]
  return {
    path: Path.inInventory('groups'),
    subnets,
    now: sum(({ now }) => now),
    most: sum(({ most }) => most),
  }
}

function wishProblem({ path, subnets, now, most }: Wish, left: FreeAddresses): readonly Problem[] {
  const free = subnets.reduce((sum, subnet) => sum + Math.max(0, left.get(subnet) ?? Infinity), 0)
  const place = (key: string) => (path.words.length === 1 ? path : path.below(key))
  if (now > free) return [tooFew('E113', place('min'), count(now, 'more follower'), free)]
  return most > free ? [tooFew('W034', place('max'), count(most, 'more follower'), free)] : []
}

function tooFew(code: 'E113' | 'W034', path: Path, wanted: string, free: number): Problem {
  const addresses = free === 1 ? '1 free address' : `${Math.max(0, free)} free addresses`
  const message = `the subnets have ${addresses} for ${wanted}`
  return { code, path, message, help: 'add subnets, or use larger ones' }
}

/** How many seats still need a network interface in each subnet. */
function newSeats({ cluster, actual }: { cluster: Cluster; actual: Facts['actual'] }) {
  const wanted = new Map<string, { wanted: number; group: string }>()
  for (const { seat, subnet, group } of cluster.seats) {
    if (subnet === undefined || actual.interfaces.some(one => one.seat === seat)) continue
    wanted.set(subnet, { group, wanted: (wanted.get(subnet)?.wanted ?? 0) + 1 })
  }
  return wanted
}
