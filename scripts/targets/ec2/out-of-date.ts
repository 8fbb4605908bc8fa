import type { Seat } from '../../cluster/cluster.ts'
import { groupName } from '../../cluster/names.ts'
import { holdsSeat } from '../../plan/machines.ts'
import type { OutOfDate } from '../../plan/step.ts'
import type { RollSeat } from '../../roll/observed.ts'
import type { Placement, SeatMachine } from './actual.ts'
import type { Facts } from './facts.ts'
import { templateHash, templateSpecs } from './launch-template.ts'
import { provenVersion } from './pool.ts'

/**
 * The instances whose settings are older than those of the inventory. A launch does not change them.
 *
 * @param hashes the hash of the desired content of each launch template, by name
 */
export function outOfDate(facts: Facts, hashes: ReadonlyMap<string, string>): readonly OutOfDate[] {
  return [...oldSeats(facts), ...oldFollowers(facts, hashes)]
}

function oldSeats(facts: Facts): readonly OutOfDate[] {
  const { cluster, actual } = facts
  return cluster.seats.flatMap(seat => {
    const wanted = wantedOf(facts, seat)
    return actual.machines
      .filter(holder => holder.seat === seat.seat && holdsSeat(holder))
      .map(holder => ({ name: seat.name, machine: holder.id, ...differencesOf(holder, wanted) }))
      .filter(({ reasons }) => reasons.length > 0)
  })
}

/** What a rolling update or a restart must change on the instance of a seat. */
export function seatChange(
  facts: Facts,
  seat: Seat,
  holder: SeatMachine,
): Pick<RollSeat, 'change' | 'reasons' | 'atRisk'> {
  const wanted = wantedOf(facts, seat)
  const own = differencesOf(withKey(holder, wanted), wanted)
  // An instance that is stopped and started moves to another host.
  const warnings = (facts.warnings?.get(holder.id) ?? []).map(({ message }) => message)
  const reasons = [...warnings, ...own.reasons]
  const change = reasons.length === 0 ? 'nothing' : own.inPlace ? 'user data' : 'machine'
  return { change, reasons, atRisk: warnings.length > 0 }
}

// A key pair applies to new instances only.
function withKey(holder: SeatMachine, { keyName }: Wanted): SeatMachine {
  return { ...holder, placement: holder.placement && { ...holder.placement, keyName } }
}

function wantedOf({ userData, imageOf }: Facts, { name, machine, subnet }: Seat): Wanted {
  return {
    userData: userData.get(name)?.sha256,
    image: imageOf(machine).id,
    type: machine.instanceType,
    subnet,
    keyName: machine.keyName,
    rootVolumeGb: machine.rootVolumeGb,
  }
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
    return [
      {
        name,
        machine: name,
        reasons: [`starts instances from launch template version ${pin}`],
        inPlace: false,
      },
    ]
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

/** The hash of the desired content of each launch template, by its name. */
export function templateHashes(facts: Facts): ReadonlyMap<string, string> {
  return new Map(
    templateSpecs(facts).map(spec => [groupName(facts.cluster.name, spec.group), templateHash(spec)]),
  )
}
