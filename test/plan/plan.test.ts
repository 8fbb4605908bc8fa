import { createHash } from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import { openingsOf } from '../../scripts/cluster/firewall.ts'
import type { MachineState } from '../../scripts/plan/machines.ts'
import { readinessOf } from '../../scripts/plan/readiness.ts'
import { type Actual, nothing, type SeatMachine } from '../../scripts/targets/ec2/actual.ts'
import { planDestroy } from '../../scripts/targets/ec2/plan-destroy.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import {
  claimOf,
  clusterOf,
  factsOf,
  machineStates,
  poolOf,
  refusals,
  sampleInventory,
} from '../harness/sample.ts'

const machine = fc
  .record({
    seat: fc.integer({ min: 1, max: 7 }),
    state: fc.constantFrom(...machineStates),
    number: fc.nat(1000),
  })
  .map(
    ({ seat, state, number }): SeatMachine => ({
      id: `i-${number}`,
      seat,
      leaders: undefined,
      state,
      image: 'ami-amd64',
      instanceType: 'm6i.large',
      userData: undefined,
      address: undefined,
      zone: undefined,
      reason: undefined,
    }),
  )

const machines = fc.uniqueArray(machine, { maxLength: 12, selector: ({ id }) => id })
const holds = ({ state }: SeatMachine) => state !== 'terminated' && state !== 'shutting-down'

test('in any state, at most N machines hold seats, and no seat is held by two', t => {
  const facts = factsOf(clusterOf(sampleInventory(5)))
  const claim = claimOf(facts.cluster)
  let planned = 0
  fc.assert(
    fc.property(machines, present => {
      const actual: Actual = { ...nothing, claim, machines: present }
      const held = present.filter(holds).map(({ seat }) => seat)
      const broken = new Set(held).size < held.length || held.some(seat => seat > 5)
      if (broken) {
        t.true(refusals(() => planLaunch({ ...facts, actual })).length > 0)
        return
      }
      planned += 1
      const launched = planLaunch({ ...facts, actual }).steps.flatMap(step =>
        step.kind === 'seat' && step.action === 'launch' ? [step] : [],
      )
      const seats = [...held, ...launched.map(({ seat }) => seat)].sort()
      t.deepEqual(seats, [1, 2, 3, 4, 5])
      // A terminating machine may still be running: its successor waits for it.
      const surplus = present.filter(({ seat, state }) => seat > 5 && state === 'shutting-down')
      for (const { seat, after } of launched) {
        const before = [...present.filter(one => one.seat === seat), ...surplus]
        t.deepEqual(after, before.map(({ id }) => id).sort())
      }
    }),
    { numRuns: 2_000 },
  )
  t.true(planned > 100)
})

test('every step depends only on earlier steps, so that a plan can always be carried out', t => {
  const plan = planLaunch(factsOf(clusterOf(sampleInventory(7))))
  const before = new Set<string>()
  for (const { id, needs } of plan.steps) {
    for (const need of needs) t.true(before.has(need), `${id} needs ${need}`)
    t.false(before.has(id), `${id} is there twice`)
    before.add(id)
  }
})

test('rules added by users are kept, our surplus rules are removed, and missing rules are added', t => {
  const facts = factsOf(clusterOf(sampleInventory()))
  const [first, ...rest] = openingsOf(facts.cluster).filter(({ to }) => to === 'leader')
  const surplus = { to: 'leader', from: 'leader', protocol: 'tcp', first: 9, last: 9 } as const
  const followers = openingsOf(facts.cluster).filter(({ to }) => to === 'follower')
  const actual: Actual = {
    ...nothing,
    securityGroups: [
      { id: 'sg-1', vpc: 'vpc-1', role: 'leader', openings: [...rest, surplus] },
      { id: 'sg-2', vpc: 'vpc-1', role: 'follower', openings: followers },
    ],
  }
  const rules = planLaunch({ ...facts, actual }).steps.filter(({ kind }) => kind === 'security group')
  t.deepEqual(
    rules.map(step =>
      step.kind === 'security group' && step.action === 'update' ? [step.open, step.close] : step,
    ),
    [
      [[first], []],
      [[], [surplus]],
    ],
  )
})

test('the bounds of a pool are changed, and its size is left to Auto Scaling', t => {
  const facts = factsOf(clusterOf(sampleInventory()))
  const subnets = ['subnet-b', 'subnet-a']
  const pool = {
    name: 'c1-web',
    group: 'web',
    subnets,
    template: 'c1-web',
    tags: {},
    going: false,
    machines: [],
  }
  const planned = (present: { min: number; max: number }) => {
    const actual: Actual = { ...nothing, pools: [{ ...pool, ...present, desired: 3 }] }
    const step = planLaunch({ ...facts, actual }).steps.find(({ kind }) => kind === 'pool')
    return step?.kind === 'pool' && step.action !== 'delete' ? [step.action, step.changes] : undefined
  }
  t.deepEqual(planned({ min: 1, max: 9 }), ['update', ['min 1 → 2', 'max 9 → 4']])
  t.is(planned({ min: 2, max: 4 }), undefined)
})

test('a launch waits for a pool that is being deleted, and lists one that is no longer in the inventory', t => {
  const facts = factsOf(clusterOf(sampleInventory()))
  const going: Actual = { ...nothing, pools: [poolOf({ going: true })] }
  t.deepEqual(
    refusals(() => planLaunch({ ...facts, actual: going })),
    ['c1-web: is still being deleted; wait until it is deleted, then run this command again'],
  )
  const lost: Actual = { ...nothing, pools: [poolOf({ group: 'x', name: 'c1-lost' })] }
  t.deepEqual(planLaunch({ ...facts, actual: lost }).surplus, ['c1-lost'])
})

test('an instance profile with our name but without our tag is neither used nor deleted', t => {
  const actual: Actual = { ...nothing, instanceProfile: 'foreign' }
  const facts = factsOf(clusterOf(sampleInventory()))
  t.regex(
    refusals(() => planLaunch({ ...facts, actual }))[0] ?? '',
    /^mesos-bakery-us-east-1-c1: an instance profile or role/,
  )
  t.deepEqual(planDestroy(facts.cluster, actual), [])
  const own = factsOf(clusterOf(`${sampleInventory()}instance_profile: mine\n`))
  t.notThrows(() => planLaunch({ ...own, actual }))
})

test('a template is renewed if its content, the IDs of its groups or the groups themselves change', t => {
  const facts = factsOf(clusterOf(sampleInventory()))
  const fresh = planLaunch(facts).steps.find(({ id }) => id === 'launch template c1-web')
  const hash = fresh?.kind === 'launch template' && fresh.action !== 'delete' ? fresh.hash : ''
  const securityGroups = (['leader', 'follower'] as const).map(role => ({
    id: `sg-${role}`,
    vpc: 'vpc-1',
    role,
    openings: [],
  }))
  const template = {
    id: 'lt-1',
    name: 'c1-web',
    group: 'web',
    version: 3,
    hash,
    securityGroupIds: ['sg-follower'],
  }
  const renewed = (actual: Partial<Actual>) =>
    planLaunch({
      ...facts,
      actual: { ...nothing, securityGroups, launchTemplates: [template], ...actual },
    }).steps.some(({ id }) => id === 'launch template c1-web')
  t.false(renewed({}))
  t.true(renewed({ launchTemplates: [{ ...template, hash: 'by hand' }] }))
  t.true(renewed({ launchTemplates: [{ ...template, securityGroupIds: ['sg-old'] }] }))
  t.true(renewed({ securityGroups: securityGroups.slice(0, 1) }))
})

test('leaders are out of date because of user data, image or instance type, or because they are stopped', t => {
  const facts = factsOf(clusterOf(sampleInventory(1)))
  const current: SeatMachine = {
    id: 'i-1',
    seat: 1,
    leaders: 1,
    state: 'running',
    image: 'ami-amd64',
    instanceType: 'm6i.large',
    userData: facts.userData.get('c1-leader-1')?.sha256,
    address: undefined,
    zone: undefined,
    reason: undefined,
  }
  const reasons = (change: Partial<SeatMachine>) =>
    planLaunch({
      ...facts,
      actual: { ...nothing, claim: claimOf(facts.cluster), machines: [{ ...current, ...change }] },
    }).outOfDate.flatMap(one => one.reasons)
  t.deepEqual(reasons({}), [])
  t.deepEqual(reasons({ userData: 'x' }), ['different user data'])
  t.deepEqual(reasons({ image: 'ami-old' }), ['image ami-old → ami-amd64'])
  t.deepEqual(reasons({ instanceType: 't3.micro' }), ['instance type t3.micro → m6i.large'])
  t.deepEqual(reasons({ state: 'stopped' }), ['stopped'])
})

test('a different number of leaders is refused while a leader holds a seat, and waits while they terminate', t => {
  const facts = factsOf(clusterOf(sampleInventory(3)))
  const [one] = fc.sample(machine, { numRuns: 1, seed: 3 })
  const old = (seat: number, state: MachineState): Actual => ({
    ...nothing,
    machines: [{ ...(one as SeatMachine), id: 'i-old', seat, state, leaders: 5 }],
  })
  t.regex(refusals(() => planLaunch({ ...facts, actual: old(1, 'running') }))[0] ?? '', /runs with 5 leaders/)
  const seats = planLaunch({ ...facts, actual: old(5, 'shutting-down') }).steps.filter(
    ({ kind }) => kind === 'seat',
  )
  t.is(seats.length, 3)
  for (const step of seats)
    if (step.kind === 'seat' && step.action === 'launch') t.deepEqual(step.after, ['i-old'])
  const later = planLaunch({ ...facts, actual: old(5, 'terminated') }).steps
  for (const step of later) if (step.kind === 'seat' && step.action === 'launch') t.deepEqual(step.after, [])
})

test('a cluster is ready when every leader runs and every pool has its desired size', t => {
  const { cluster } = factsOf(clusterOf(sampleInventory(1)))
  const [one] = fc.sample(machine, { numRuns: 1, seed: 3 })
  const pool = {
    name: 'c1-web',
    group: 'web',
    min: 1,
    max: 2,
    desired: 2,
    subnets: [],
    template: undefined,
    tags: {},
    going: false,
  }
  const states = (state: MachineState, inService: number) => {
    const machines = [{ ...(one as SeatMachine), seat: 1, state }]
    const members = Array.from({ length: inService }, (_, i) => ({
      id: `i-${i}`,
      inService: true,
      templateVersion: 1,
      zone: undefined,
    }))
    return readinessOf(cluster, { machines, pools: [{ ...pool, machines: members }] }).map(
      ({ ready }) => ready,
    )
  }
  t.deepEqual(states('running', 2), [true, true])
  t.deepEqual(states('pending', 1), [false, false])
})

test('a launch requires subnets, and user data that EC2 accepts', t => {
  const bare = clusterOf('groups: { a: { vars: { mesos_mode: leader } }, b: {} }')
  t.deepEqual(
    refusals(() => planLaunch(factsOf(bare))),
    [
      'groups.a.subnets: at least one subnet is required',
      'groups.b.subnets: at least one subnet is required',
    ],
  )
  // Random, so that it cannot be compressed.
  const big = Array.from({ length: 400 }, (_, i) =>
    createHash('sha512').update(String(i)).digest('base64'),
  ).join('')
  const large = clusterOf(sampleInventory(1), { vars: { mesos_attributes: { big } } })
  const [message = ''] = refusals(() => planLaunch(factsOf(large)))
  t.regex(
    message,
    /^groups\.web: the user data of c1-web is too large for EC2 \(37\d{3} bytes, 2\d{4} as gzip, limit 16384\); set user_data_bucket/,
  )
})

test('destroy deletes machines before what they depend on', t => {
  const actual: Actual = {
    ...nothing,
    securityGroups: [{ id: 'sg-1', vpc: 'vpc-1', role: 'leader', openings: [] }],
    instanceProfile: 'incomplete',
    launchTemplates: [
      { id: 'lt-1', name: 'c1-web', group: 'web', version: 1, hash: undefined, securityGroupIds: [] },
    ],
    bodies: [],
    machines: fc.sample(machine, { numRuns: 1, seed: 1 }).map(one => ({ ...one, state: 'running' as const })),
    pools: [poolOf()],
  }
  const steps = planDestroy(clusterOf(sampleInventory()), actual)
  t.deepEqual(
    steps.map(({ kind }) => kind),
    ['pool', 'seat', 'launch template', 'security group', 'instance profile'],
  )
  const ids = steps.map(({ id }) => id)
  t.deepEqual(
    steps.map(({ needs }) => needs),
    [[], [], [ids[0]], [ids[0], ids[1]], [ids[0], ids[1]]],
  )
})
