import type { Status } from '../plan/status.ts'
import { count } from './say-plan.ts'
import { table } from './table.ts'

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
    ...pools.map(({ name, inService, desired, min, max }) => [
      name,
      count(desired, 'machine'),
      `${inService} in service, ${min} to ${max}`,
      '-',
      '-',
    ]),
  ]
  const head = `${cluster}: ${running} of ${count(leaders, 'leader')} running, quorum ${quorum}`
  return [head, '', ...table(rows)].join('\n')
}
