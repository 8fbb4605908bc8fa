import type { PoolStatus, Status } from '../plan/status.ts'
import { count } from '../plan/words.ts'
import { table } from './table.ts'

/** The machines of a cluster as a table, with a line for each seat and each pool. */
export function sayMachines({ seats, pools }: Status): readonly string[] {
  const rows = [
    ['NAME', 'MACHINE', 'STATE', 'ADDRESS', 'ZONE'],
    ...seats.map(seat => [
      seat.name,
      seat.machine ?? '-',
      seat.userData === 'older' ? `${seat.state}, outdated user data` : seat.state,
      seat.address ?? '-',
      seat.zone ?? '-',
    ]),
    ...pools.map(pool => [pool.name, count(pool.desired, 'machine'), sayPoolState(pool), '-', '-']),
  ]
  const troubles = pools.flatMap(({ name, trouble }) => (trouble === null ? [] : [`${name}: ${trouble}`]))
  return [...table(rows), ...(troubles.length === 0 ? [] : ['', ...troubles])]
}

function sayPoolState({ state, inService, min, max }: PoolStatus): string {
  return state === 'present' ? `${inService} in service, ${min} to ${max}` : state
}
