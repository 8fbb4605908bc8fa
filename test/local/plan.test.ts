import test from 'ava'
import fc from 'fast-check'
import { removal } from '../../scripts/plan/step.ts'
import type { Container } from '../../scripts/targets/containers/container.ts'
import {
  followerAddresses,
  freeSubnet,
  joinAddresses,
  mostLeaders,
  overlap,
  seatAddress,
} from '../../scripts/targets/containers/network.ts'
import {
  type ActualContainers,
  type ContainerFacts,
  type ContainerStep,
  noContainers,
  planContainers,
  planRemoval,
} from '../../scripts/targets/containers/plan.ts'
import { resizeOf } from '../../scripts/targets/containers/plan-resize.ts'
import { clusterOf, factsOf, machineStates, refusals, sampleInventory } from '../harness/sample.ts'

const image = 'localhost/mesos-bakery/mesos:0123456789ab'
const network = { name: 'mesos-bakery-c1', subnet: '10.213.9.0/24' }

function localFacts(actual: ActualContainers, leaders = 3): ContainerFacts {
  const { cluster, userData } = factsOf(clusterOf(sampleInventory(leaders)))
  return { cluster, userData, image, actual }
}

const fresh = localFacts(noContainers)

function container(name: string, more: Partial<Container> = {}): Container {
  const seat = /-leader-(\d+)$/.exec(name)?.[1]
  const node = seat === undefined ? 'c1-web' : name
  return {
    id: `id-${name}`,
    name,
    group: seat === undefined ? 'web' : 'leaders',
    seat: seat === undefined ? undefined : Number(seat),
    leaders: seat === undefined ? undefined : 3,
    state: 'running',
    image,
    userData: fresh.userData.get(node)?.sha256,
    address: seat === undefined ? '10.213.9.130' : seatAddress(network.subnet, Number(seat)),
    published: {},
    reason: undefined,
    ...more,
  }
}

const all = ['c1-leader-1', 'c1-leader-2', 'c1-leader-3', 'c1-web-1', 'c1-web-2'].map(name => container(name))

function there(...changed: readonly Container[]): ActualContainers {
  const containers = all.map(one => changed.find(({ name }) => name === one.name) ?? one)
  return { ...noContainers, network, containers }
}

const without = (...names: readonly string[]): ActualContainers => ({
  ...there(),
  containers: all.filter(({ name }) => !names.includes(name)),
})

/** Steps as text. */
function said(steps: readonly ContainerStep[]): readonly string[] {
  return steps.map(({ says, name }) => `${says.sign} ${says.title} ${name}: ${says.detail}`)
}

const plan = (actual: ActualContainers) => said(planContainers(localFacts(actual)).steps)

test('without existing containers everything is launched, the network first', t => {
  const { steps } = planContainers(fresh)
  const [first, ...others] = steps
  const subnet = freeSubnet('c1', [])
  const [one, two, three] = [1, 2, 3].map(seat => seatAddress(subnet, seat))
  t.deepEqual(said(steps), [
    `+ network mesos-bakery-c1: ${subnet}`,
    `+ seat 1 c1-leader-1: ${one}, ${image}`,
    `+ seat 2 c1-leader-2: ${two}, ${image}`,
    `+ seat 3 c1-leader-3: ${three}, ${image}`,
    `+ follower c1-web-1: ${subnet.replace('0/24', '128')}, ${image}`,
    `+ follower c1-web-2: ${subnet.replace('0/24', '129')}, ${image}`,
  ])
  for (const { needs } of others) t.deepEqual(needs, [first?.id])
})

test('if everything exists, nothing is planned', t => {
  t.deepEqual(plan(there()), [])
})

test('a container has the labels that identify it, and boots with the bytes for EC2', t => {
  const step = planContainers(fresh).steps.find(({ name }) => name === 'c1-leader-2')
  t.like(step, {
    labels: {
      'mesos-bakery.cluster': 'c1',
      'mesos-bakery.group': 'leaders',
      'mesos-bakery.seat': '2',
      'mesos-bakery.leaders': '3',
      'mesos-bakery.user-data': fresh.userData.get('c1-leader-2')?.sha256,
      'mesos-bakery.started-from': image,
    },
    ports: [5050, 8080],
  })
})

test('a running cluster keeps the secrets that it was launched with, or none', t => {
  const reference = 'file:c1.secrets.age'
  const secured = { ...fresh, cluster: { ...fresh.cluster, secrets: reference } }
  const [network, ...steps] = planContainers(secured).steps
  for (const step of steps) t.like(step, { labels: { 'mesos-bakery.secrets': reference } }, step.name)
  t.is(network?.kind, 'network')

  const given = (secrets?: string) => ({ ...there(), containers: all.map(one => ({ ...one, secrets })) })
  t.deepEqual(planContainers({ ...secured, actual: given(reference) }).steps, [])
  const change = 'secrets: cannot change while the cluster runs; c1-leader-1 was launched'
  const undo = '; undo the change, or destroy the cluster and launch it again'
  const refused = (facts: ContainerFacts) => refusals(() => planContainers(facts))
  t.deepEqual(refused({ ...secured, actual: given() }), [`${change} without secrets${undo}`])
  t.deepEqual(refused({ ...secured, actual: given('file:b.age') }), [
    `${change} with secrets from file:b.age${undo}`,
  ])
  t.deepEqual(refused({ ...fresh, actual: given(reference) }), [
    `${change} with secrets from ${reference}${undo}`,
  ])
})

test('a missing seat is launched, a stopped one is started, and one that was never started is created again', t => {
  const first = seatAddress(network.subnet, 2)
  t.deepEqual(plan(without('c1-leader-2')), [`+ seat 2 c1-leader-2: ${first}, ${image}`])
  t.deepEqual(plan(there(container('c1-leader-2', { state: 'stopped' }))), [
    '~ seat c1-leader-2: start again, with its data',
  ])
  t.deepEqual(plan(there(container('c1-leader-2', { state: 'terminated', address: undefined }))), [
    `+ seat 2 c1-leader-2: ${first}, ${image}, replaces id-c1-leader-2`,
  ])
})

test('each pool has its minimum size, and the highest numbers are removed first', t => {
  t.deepEqual(plan(without('c1-web-1')), [`+ follower c1-web-1: 10.213.9.128, ${image}`])
  const third = container('c1-web-3')
  t.deepEqual(plan({ ...there(), containers: [...all, third] }), ['- follower c1-web-3: id-c1-web-3'])
})

test('nodes that are out of date are listed and not changed, and a stopped one is started', t => {
  const older = there(
    container('c1-web-2', { userData: 'other' }),
    container('c1-leader-3', { image: 'localhost/mesos-bakery/mesos:ffffffffffff' }),
  )
  const { steps, outOfDate } = planContainers(localFacts(older))
  t.deepEqual(said(steps), [])
  t.deepEqual(outOfDate, [
    {
      name: 'c1-leader-3',
      machine: 'id-c1-leader-3',
      reasons: ['image ffffffffffff → 0123456789ab'],
      inPlace: false,
    },
    { name: 'c1-web', machine: 'c1-web-2', reasons: ['different user data'], inPlace: false },
  ])
  const stopped = there(container('c1-web-2', { userData: 'other', state: 'stopped' }))
  t.deepEqual(plan(stopped), ['~ follower c1-web-2: start again, with its data'])
})

test('plans that would break a rule, or change something that is not ours, are refused', t => {
  const refused = (actual: ActualContainers, leaders = 3) =>
    refusals(() => planContainers(localFacts(actual, leaders)))
  t.regex(refused(there(), 5)[0] ?? '', /^leaders: the cluster runs with 3 leaders/)
  const twin = container('c1-leader-1', { id: 'id-twin', name: 'twin', seat: 1 })
  t.regex(refused({ ...there(), containers: [...all, twin] })[0] ?? '', /hold the same seat/)
  t.deepEqual(refused({ ...noContainers, foreign: ['c1-web-2', 'other', 'mesos-bakery-c1'] }), [
    'mesos-bakery-c1: already exists without the label mesos-bakery.cluster=c1; remove it, or rename the cluster',
    'c1-web-2: already exists without the label mesos-bakery.cluster=c1; remove it, or rename the cluster',
  ])
  t.regex(refused(noContainers, 63)[0] ?? '', /^--leaders: at most 61 leaders can run on one machine, got 63/)
})

const resized = (actual: ActualContainers, leaders: number) => {
  const said = refusals(() => resizeOf(localFacts(actual, leaders)))
  return said.length > 0 ? said[0] : resizeOf(localFacts(actual, leaders))
}

test('a resize begins with the number of leaders that runs, or of the resize that was interrupted', t => {
  t.deepEqual(resized(there(), 5), { from: 3, to: 5 })
  t.deepEqual(resized(there(), 3), { from: 3, to: 3 })
  const mixed = {
    ...there(container('c1-leader-2', { leaders: 5 })),
    resizing: { from: 3, to: 5, ids: ['r'] },
  }
  t.deepEqual(resized(mixed, 5), { from: 3, to: 5 })
  t.deepEqual(resized(mixed, 3), { from: 5, to: 3 })
  const unfinished = /^the cluster is being resized from 3 to 5 leaders/
  t.regex(String(resized(mixed, 7)), unfinished)
  t.regex(refusals(() => planContainers(localFacts(mixed)))[0] ?? '', unfinished)
  t.deepEqual(planRemoval(mixed).at(-2), removal('lock', 'resize', 'r', []))
})

test('a resize that is not possible is refused with the reason', t => {
  t.regex(String(resized(noContainers, 5)), /^c1: is not running on this machine/)
  t.regex(String(resized(there(), 7)), /^--leaders: .* from 3 to 7 at once/)
  t.regex(String(resized(there(), 1)), /^--leaders: .* from 3 to 1 leaders while it runs/)
  t.regex(String(resized(without('c1-leader-2'), 5)), /^c1-leader-2: has no machine; .*--leaders 3$/)
  const older = there(container('c1-leader-3', { image: 'localhost/mesos-bakery/mesos:ffffffffffff' }))
  t.regex(String(resized(older, 5)), /^c1-leader-3: has another image .*npm run roll -- --leaders 3$/)
  const mixed = there(container('c1-leader-2', { leaders: 5 }))
  t.regex(String(resized(mixed, 5)), /^c1: has leaders for clusters of 3 and 5 leaders/)
  const taken = { ...there(), foreign: ['c1-leader-4'] }
  t.regex(String(resized(taken, 5)), /^c1-leader-4: already exists without the label/)
})

test('in any state, a seat never has two containers, and replacements wait for their predecessors', t => {
  const some = fc.uniqueArray(
    fc.record({
      seat: fc.integer({ min: 1, max: 4 }),
      state: fc.constantFrom(...machineStates),
      number: fc.nat(99),
    }),
    { maxLength: 6, selector: ({ number }) => number },
  )
  fc.assert(
    fc.property(some, present => {
      const containers = present.map(({ seat, state, number }) =>
        container(`c1-leader-${seat}`, { id: `id-${number}`, state }),
      )
      const held = containers.filter(({ state }) => state !== 'terminated' && state !== 'shutting-down')
      const seats = held.map(({ seat }) => seat)
      const actual = { ...noContainers, network, containers }
      if (new Set(seats).size < seats.length || seats.includes(4)) {
        t.true(refusals(() => planContainers(localFacts(actual))).length > 0)
        return
      }
      for (const step of planContainers(localFacts(actual)).steps) {
        if (step.kind !== 'seat' || step.action !== 'launch') continue
        t.false(seats.includes(step.seat))
        const before = containers.filter(({ seat }) => seat === step.seat).map(({ id }) => id)
        t.deepEqual([...step.after].sort(), before.sort())
      }
    }),
  )
})

test('destroy lists every container, and then the network', t => {
  const steps = planRemoval(there(container('c1-leader-2', { state: 'stopped' })))
  t.deepEqual(
    steps.map(({ kind, target }) => `${kind} ${target}`),
    [
      'seat id-c1-leader-1',
      'seat id-c1-leader-2',
      'seat id-c1-leader-3',
      'follower id-c1-web-1',
      'follower id-c1-web-2',
      'network mesos-bakery-c1',
    ],
  )
  t.is(steps.at(-1)?.needs.length, 5)
  t.deepEqual(planRemoval(noContainers), [])
})

test('a subnet is unused, and stays the same while it is unused', t => {
  const first = freeSubnet('c1', [])
  t.is(freeSubnet('c1', ['10.88.0.0/16', '192.168.1.5/24']), first)
  t.not(freeSubnet('c1', [first]), first)
  t.not(freeSubnet('c2', []), first)
  t.throws(() => freeSubnet('c1', ['10.0.0.0/8']))
  t.true(overlap('10.213.9.7/24', '10.213.0.0/16'))
  t.false(overlap('10.213.9.0/24', '10.213.8.0/24'))
})

test('every seat has a unique address, different from those of followers and the gateway', t => {
  const addresses = joinAddresses('10.213.9.0/24', mostLeaders)
  t.is(new Set(addresses).size, mostLeaders)
  const hosts = addresses.map(address => Number(address.split('.').at(-1)))
  t.true(Math.min(...hosts) > 1 && Math.max(...hosts) < 128)
  t.deepEqual(followerAddresses('10.213.9.0/24', ['10.213.9.128', '10.213.9.130']).slice(0, 2), [
    '10.213.9.129',
    '10.213.9.131',
  ])
})
