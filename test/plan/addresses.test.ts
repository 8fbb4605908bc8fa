import test from 'ava'
import type { Cluster } from '../../scripts/cluster/cluster.ts'
import { nothing } from '../../scripts/targets/ec2/actual.ts'
import { addressProblems, addressWarnings } from '../../scripts/targets/ec2/addresses.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import { clusterOf, factsOf, refusals, runningOf, sampleInventory } from '../harness/sample.ts'

// Three leaders in subnets a, b and c, and 2 to 4 followers in a and b.
const cluster = clusterOf(sampleInventory())

function told(free: Readonly<Record<string, number>>, actual = nothing, of: Cluster = cluster) {
  const freeAddresses = new Map(Object.entries(free))
  return addressProblems({ cluster: of, actual, freeAddresses }).map(({ code, path, message }) =>
    [code, path, message].join(' '),
  )
}

const sentence = (code: string, path: string, free: string, wanted: string) =>
  `${code} ${path} the subnets have ${free} for ${wanted}`

test('a launch requires an address for each leader in its subnet, and for the minimum size of a pool', t => {
  t.deepEqual(told({ 'subnet-a': 3, 'subnet-b': 3, 'subnet-c': 1 }), [])
  t.deepEqual(told({ 'subnet-a': 9, 'subnet-b': 9, 'subnet-c': 0 }), [
    sentence('E113', 'groups.leaders.subnets', '0 free addresses', '1 leader in subnet-c'),
  ])
  t.deepEqual(told({ 'subnet-a': 3, 'subnet-b': 2, 'subnet-c': 1 }), [
    sentence('W034', 'groups.web.max', '3 free addresses', '4 more followers'),
  ])
  t.deepEqual(told({ 'subnet-a': 2, 'subnet-b': 1, 'subnet-c': 1 }), [
    sentence('E113', 'groups.web.min', '1 free address', '2 more followers'),
  ])
})

test('running machines already have addresses', t => {
  const running = runningOf(factsOf(cluster))
  t.deepEqual(told({ 'subnet-a': 1, 'subnet-b': 1, 'subnet-c': 0 }, running), [])
  t.deepEqual(told({ 'subnet-a': 1, 'subnet-b': 0, 'subnet-c': 0 }, running), [
    sentence('W034', 'groups.web.max', '1 free address', '2 more followers'),
  ])
})

test('pools that share subnets need addresses together, and subnets without data are assumed to be large enough', t => {
  const two = clusterOf(`groups:
  leaders: { vars: { mesos_mode: leader }, count: 1, subnets: [subnet-c] }
  web: { min: 2, max: 4, subnets: [subnet-a] }
  batch: { min: 2, max: 4, subnets: [subnet-a] }
`)
  t.deepEqual(told({ 'subnet-a': 8, 'subnet-c': 1 }, nothing, two), [])
  t.deepEqual(told({ 'subnet-a': 7, 'subnet-c': 1 }, nothing, two), [
    sentence('W034', 'groups', '7 free addresses', '8 more followers'),
  ])
  t.deepEqual(told({ 'subnet-a': 3, 'subnet-c': 1 }, nothing, two), [
    sentence('W034', 'groups.web.max', '3 free addresses', '4 more followers'),
    sentence('W034', 'groups.batch.max', '3 free addresses', '4 more followers'),
    sentence('E113', 'groups', '3 free addresses', '4 more followers'),
  ])
  t.deepEqual(told({ 'subnet-c': 1 }, nothing, two), [])
})

test('a launch is refused for errors, not for warnings', t => {
  const facts = factsOf(cluster)
  const withFree = (free: number) => ({
    ...facts,
    freeAddresses: new Map([
      ['subnet-a', free],
      ['subnet-b', 1],
      ['subnet-c', 1],
    ]),
  })
  t.deepEqual(
    refusals(() => planLaunch(withFree(3))),
    [],
  )
  t.is(addressWarnings(withFree(3)).length, 1)
  t.deepEqual(
    refusals(() => planLaunch(withFree(2))),
    ['groups.web.min: the subnets have 1 free address for 2 more followers; add subnets, or use larger ones'],
  )
})
