import { holdsSeat } from '../../plan/machines.ts'
import type { OutOfDate } from '../../plan/step.ts'
import type { Placement, SeatMachine } from './actual.ts'
import type { Facts } from './facts.ts'
import { provenVersion } from './pool.ts'

/**
 * The instances whose settings are older than those of the inventory. A launch does not change them.
 *
 * @param hashes the hash of the desired content of each launch template, by name
 */
export function outOfDate(facts: Facts, hashes: ReadonlyMap<string, string>): readonly OutOfDate[] {
  return [...oldSeats(facts), ...oldFollowers(facts, hashes)]
}

function oldSeats({ cluster, actual, userData, imageOf }: Facts): readonly OutOfDate[] {
  return cluster.seats.flatMap(({ seat, name, machine, subnet }) => {
    const wanted: Wanted = {
      userData: userData.get(name)?.sha256,
      image: imageOf(machine).id,
      type: machine.instanceType,
      subnet,
      keyName: machine.keyName,
      rootVolumeGb: machine.rootVolumeGb,
    }
    return actual.machines
      .filter(holder => holder.seat === seat && holdsSeat(holder))
      .map(holder => ({ name, machine: holder.id, ...differencesOf(holder, wanted) }))
      .filter(({ reasons }) => reasons.length > 0)
  })
}

interface Wanted {
  readonly userData: string | undefined
  readonly image: string
  readonly type: string
  readonly subnet: string | undefined
  readonly keyName: string | undefined
  readonly rootVolumeGb: number
}

function differencesOf(
  { userData, image, instanceType, state, placement }: SeatMachine,
  wanted: Wanted,
): Pick<OutOfDate, 'reasons' | 'inPlace'> {
  const ofMachine = [
    image === wanted.image ? '' : `image ${image} → ${wanted.image}`,
    instanceType === wanted.type ? '' : `instance type ${instanceType} → ${wanted.type}`,
    ...(placement === undefined ? [] : misplaced(placement, wanted)),
  ].filter(reason => reason !== '')
  return {
    reasons: [
      ...(userData === wanted.userData ? [] : ['different user data']),
      ...ofMachine,
      ...(state === 'stopping' || state === 'stopped' ? [state] : []),
    ],
    inPlace: ofMachine.length === 0,
  }
}

function misplaced({ subnet, keyName, rootVolumeGb }: Placement, wanted: Wanted): readonly string[] {
  const key = (name: string | undefined) => name ?? 'none'
  return [
    subnet === wanted.subnet ? '' : `subnet ${subnet} → ${wanted.subnet}`,
    keyName === wanted.keyName ? '' : `key ${key(keyName)} → ${key(wanted.keyName)}`,
    (rootVolumeGb ?? wanted.rootVolumeGb) === wanted.rootVolumeGb
      ? ''
      : `root volume ${rootVolumeGb} → ${wanted.rootVolumeGb} GiB`,
  ]
}

function oldFollowers(facts: Facts, hashes: ReadonlyMap<string, string>): readonly OutOfDate[] {
  const { cluster, actual } = facts
  return cluster.pools.flatMap(({ name }) => {
    const pool = actual.pools.find(present => present.name === name)
    if (pool === undefined) return []
    const current = currentVersion(facts, name, hashes)
    const old = pool.machines
      .filter(({ templateVersion }) => templateVersion === undefined || templateVersion !== current)
      .map(({ id }) => ({ name, machine: id, reasons: ['outdated launch template'], inPlace: false }))
    const pin = provenVersion(facts, pool) ?? Number(pool.pin)
    if (old.length > 0 || pin === current || pool.pin === undefined) return old
    return [{ name, machine: name, reasons: [`starts instances from launch template version ${pin}`], inPlace: false }]
  })
}

/** The version of a pool's launch template that matches the inventory. Undefined if it has not been created yet. */
export function currentVersion(
  { actual }: Pick<Facts, 'actual'>,
  pool: string,
  hashes: ReadonlyMap<string, string>,
): number | undefined {
  const template = actual.launchTemplates.find(present => present.name === pool)
  return template?.hash === hashes.get(pool) ? template?.version : undefined
}
