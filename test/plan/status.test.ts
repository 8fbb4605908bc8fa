import test from 'ava'
import { statusOf } from '../../scripts/plan/status.ts'
import { sayHealth } from '../../scripts/show/say-health.ts'
import { styleFor } from '../../scripts/show/style.ts'
import type { ActualPool, SeatMachine } from '../../scripts/targets/ec2/actual.ts'
import { clusterOf, poolOf, sampleInventory } from '../harness/sample.ts'

const plain = { style: styleFor({}, {}), columns: Number.POSITIVE_INFINITY }

const cluster = clusterOf(sampleInventory())

function said(machines: readonly SeatMachine[], pools: readonly ActualPool[]) {
  const status = statusOf(cluster, new Map(), { machines, pools })
  return sayHealth(status, { nodes: [], gates: [], pages: [] }, plain).join('\n')
}

const holder = (id: string, seat: number): SeatMachine => ({
  id,
  seat,
  leaders: 3,
  state: 'running',
  image: 'ami-amd64',
  instanceType: 'm6i.large',
  userData: undefined,
  address: undefined,
  zone: undefined,
  reason: undefined,
})

const pool = poolOf({ min: 2, max: 4, desired: 2 })

test('a pool that is missing or being deleted is not shown as an empty pool', t => {
  t.regex(said([], []), /^c1-web +0 machines +missing +-( +-){5}$/m)
  t.regex(said([], [{ ...pool, going: true }]), /^c1-web +2 machines +deleting +-( +-){5}$/m)
  t.regex(said([], [pool]), /^c1-web +2 machines +0 in service, 2 to 4 +-( +-){5}$/m)
})

test('a second machine of a seat is shown with the name of the seat', t => {
  const table = said([holder('i-1', 1), holder('i-2', 1), holder('i-9', 9)], [pool])
  t.regex(table, /^c1-leader-1 +i-1 +running/m)
  t.regex(table, /^c1-leader-1 +i-2 +running/m)
  t.regex(table, /^not in the inventory +i-9 +running/m)
})
