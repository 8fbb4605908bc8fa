import test from 'ava'
import { tag } from '../../scripts/cluster/tags.ts'
import type { Health } from '../../scripts/health/health.ts'
import { rollPlan } from '../../scripts/roll/roll-plan.ts'
import type { Actual, SeatMachine } from '../../scripts/targets/ec2/actual.ts'
import {
  checkedInstances,
  type InstanceWarnings,
  openWarnings,
  warningsOf,
} from '../../scripts/targets/ec2/instance-status.ts'
import { observedOn } from '../../scripts/targets/ec2/observed-instances.ts'
import { planRestart } from '../../scripts/targets/ec2/plan-replacement.ts'
import { clusterOf, factsOf, runningOf, sampleInventory } from '../harness/sample.ts'

const facts = factsOf(clusterOf(sampleInventory(3)))
const present = runningOf(facts)
const running = { ...present, pools: present.pools.map(one => ({ ...one, pin: '1' })) }
const [first, second] = running.machines
const [pool] = running.pools
const [, follower] = pool?.machines ?? []

const at = new Date('2026-12-03T10:00:00Z')
const event = { InstanceEventId: 'instance-event-1', Code: 'instance-retirement', NotBefore: at }
const failed = { Status: 'impaired', Details: [{ ImpairedSince: at }] }
const says = (all: readonly { readonly message: string }[]) => all.map(({ message }) => message)

test('an event is a warning until it is completed or canceled', t => {
  t.deepEqual(warningsOf({ Events: [event] }), [
    {
      code: 'instance-retirement',
      time: '2026-12-03T10:00:00.000Z',
      message: 'instance retirement on 2026-12-03',
      event: 'instance-event-1',
    },
  ])
  const codes = ['instance-reboot', 'system-reboot', 'system-maintenance', 'instance-stop']
  t.deepEqual(says(warningsOf({ Events: codes.map(Code => ({ Code })) })), [
    'instance reboot',
    'system reboot',
    'system maintenance',
    'instance stop',
  ])
  const ended = ['[Completed] Retired', '[Canceled] Not retired'].map(Description => ({
    ...event,
    Description,
  }))
  t.deepEqual(warningsOf({ Events: ended }), [])
})

test('a check is a warning if it has failed, and not while the instance starts', t => {
  t.deepEqual(warningsOf({ SystemStatus: failed }), [
    {
      code: 'system-status',
      time: '2026-12-03T10:00:00.000Z',
      message: 'system status check failed since 2026-12-03T10:00:00Z',
    },
  ])
  t.deepEqual(says(warningsOf({ InstanceStatus: { Status: 'impaired' } })), ['instance status check failed'])
  for (const Status of ['ok', 'initializing', 'insufficient-data', 'not-applicable'])
    t.deepEqual(warningsOf({ SystemStatus: { Status }, InstanceStatus: { Status } }), [], Status)
})

/** The cluster, with these warnings about its first two leaders and a follower. */
function warned(actual: Actual = running) {
  const all: InstanceWarnings = new Map(
    [first, second, follower].map(one => [one?.id ?? '', warningsOf({ Events: [event] })] as const),
  )
  return { ...facts, actual, warnings: openWarnings(all, actual) }
}

/** The cluster, with another placement of the first leader. */
function withFirst(placement: object): Actual {
  const changed = { ...first, placement } as SeatMachine
  return { ...running, machines: running.machines.map(one => (one === first ? changed : one)) }
}

test('running instances are checked, and events for which a leader was restarted are not shown again', t => {
  t.is(checkedInstances(running).length, 5)
  const machines = running.machines.map(one => ({ ...one, state: 'stopped' as const }))
  t.is(checkedInstances({ ...running, machines }).length, 2)
  const tags = { [tag.restartedFor]: 'instance-event-0 instance-event-1' }
  const restarted = withFirst({ ...first?.placement, tags })
  t.deepEqual([...warned(restarted).warnings.keys()], [second?.id, follower?.id])
})

test('leaders at risk are restarted with their disks, and machines of pools are replaced, with the reason', t => {
  const scope = { leaders: true, pools: facts.cluster.pools.map(({ name }) => name), share: 0.95 }
  const health: Health = { seen: [], gates: [] }
  const plan = rollPlan(observedOn(warned(), [], health, health), { ...scope, atStart: new Map() })
  const reasons = ['instance retirement on 2026-12-03']
  t.deepEqual(plan.leaders, [
    { name: 'c1-leader-1', does: 'reconfigure', reasons, elected: false },
    { name: 'c1-leader-2', does: 'reconfigure', reasons, elected: false },
  ])
  t.like(plan.pools, [
    { name: 'c1-web', canary: false, machines: 1, reasons: [`${follower?.id}: ${reasons[0]}`] },
  ])
  t.like(planRestart(warned(), 'c1-leader-1'), [
    { kind: 'restart', machine: first?.id, events: ['instance-event-1'] },
  ])
  t.throws(() => planRestart(warned(), 'c1-leader-3'))
  const tags = { [tag.restartedFor]: [0, 2, 3, 4, 5, 6, 7].map(one => `instance-event-${one}`).join(' ') }
  const [restart] = planRestart(warned(withFirst({ ...first?.placement, tags })), 'c1-leader-1')
  const kept = [2, 3, 4, 5, 6, 7, 1].map(one => `instance-event-${one}`)
  t.deepEqual(restart?.kind === 'restart' && restart.events, kept)
})

test('a leader at risk whose image is different is replaced', t => {
  const imageOf = () => ({ id: 'ami-new', rootGb: 8, rootDevice: '/dev/xvda' })
  const health: Health = { seen: [], gates: [] }
  const [seat] = observedOn({ ...warned(), imageOf }, [], health, health).seats
  t.like(seat, { change: 'machine', atRisk: true })
  t.is(seat?.reasons[0], 'instance retirement on 2026-12-03')
})
