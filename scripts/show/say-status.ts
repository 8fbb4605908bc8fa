import type { PoolStatus, Standing, Status } from '../plan/status.ts'
import { count } from './say-step.ts'
import { table } from './table.ts'

/** What `status` ends with. */
export const exitCodeOf: Readonly<Record<Standing, number>> = {
  whole: 0,
  incomplete: 3,
  'without quorum': 4,
}

/** A cluster as a table, one line for each seat and each pool. */
export function sayStatus({ cluster, leaders, quorum, running, seats, pools }: Status): string {
  const rows = [
    ['NAME', 'MACHINE', 'STATE', 'ADDRESS', 'ZONE'],
    ...seats.map(seat => [
      seat.name,
      seat.machine ?? '-',
      seat.userData === 'older' ? `${seat.state}, older user-data` : seat.state,
      seat.address ?? '-',
      seat.zone ?? '-',
    ]),
    ...pools.map(pool => [pool.name, count(pool.desired, 'machine'), sayPoolState(pool), '-', '-']),
  ]
  const troubles = pools.flatMap(({ name, trouble }) => (trouble === null ? [] : [`${name}: ${trouble}`]))
  const head = `${cluster}: ${running} of ${count(leaders, 'leader')} running, quorum ${quorum}`
  return [head, '', ...table(rows), ...(troubles.length === 0 ? [] : ['', ...troubles])].join('\n')
}

function sayPoolState({ state, inService, min, max }: PoolStatus): string {
  return state === 'there' ? `${inService} in service, ${min} to ${max}` : state
}
