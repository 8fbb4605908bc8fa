import test from 'ava'
import type { Overrides } from '../../scripts/cluster/cluster.ts'
import { type Actual, nothing } from '../../scripts/targets/ec2/actual.ts'
import type { Facts } from '../../scripts/targets/ec2/facts.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import {
  claimOf,
  clusterOf,
  factsOf,
  leaderOf,
  refusals,
  runningOf,
  sampleInventory,
} from '../harness/sample.ts'

const three = factsOf(clusterOf(sampleInventory(3)))
const five = factsOf(clusterOf(sampleInventory(5)))
const running = runningOf(three)

const set = (vars: Overrides['vars']) => factsOf(clusterOf(sampleInventory(3), { vars }))

const planned = (facts: Facts, actual: Actual, more: Partial<Facts> = {}) =>
  planLaunch({ ...facts, ...more, actual }).steps

const told = (facts: Facts, actual: Actual, more: Partial<Facts> = {}) =>
  refusals(() => planned(facts, actual, more))

test('if everything matches, nothing is planned', t => {
  t.deepEqual(planned(three, running), [])
  t.deepEqual(planLaunch({ ...three, actual: running }).outOfDate, [])
})

test('a first launch claims the cluster before anything is started, and marks it as formed at the end', t => {
  const steps = planned(three, nothing)
  const claim = steps.find(({ kind }) => kind === 'claim')
  for (const step of steps.filter(({ kind }) => kind === 'seat' || kind === 'pool'))
    t.true(step.needs.includes(claim?.id ?? ''), step.id)
  t.is(claim?.kind === 'claim' && claim.action === 'create' && claim.seats.length, 3)
  const formation = steps.find(({ kind }) => kind === 'formation')
  t.is(formation?.needs.filter(id => id.startsWith('seat ')).length, 3)
})

test('while leaders run, a different number is refused, with who claimed what and when', t => {
  const [message = ''] = told(five, running)
  t.is(
    message,
    'leaders: the cluster runs with 3 leaders, and their number cannot change while they run ' +
      '(claimed by arn:aws:iam::123456789012:user/ann at 2026-11-26T08:00:00.000Z); ' +
      'use --leaders 3, or destroy the cluster first',
  )
})

test('changes of agreed values are refused while any machine runs, with each name', t => {
  const other = set({ mesos_zk_chroot: 'other', consul_serf_port: 8401, marathon_zk_chroot: 'apps' })
  t.deepEqual(told(other, running), [
    'mesos_zk_chroot: is "mesos" on the running cluster and must be the same on all nodes; got "other"; ' +
      'restore the value; to change it, destroy the cluster and launch it again',
    'marathon_zk_chroot: is "marathon" on the running cluster and must be the same on all nodes; got "apps"; ' +
      'restore the value; to change it, destroy the cluster and launch it again',
    'consul_serf_port: is 8301 on the running cluster and must be the same on all nodes; got 8401; ' +
      'restore the value; to change it, destroy the cluster and launch it again',
  ])
  const onlyFollowers = { ...running, machines: [] }
  t.is(told(other, onlyFollowers, { recover: true }).length, 3)
  const flag = set({ mesos_leader_options: { registry: 'in_memory' } })
  t.regex(told(flag, running)[0] ?? '', /^mesos_leader_options\.registry: is not set on the running cluster/)
  t.deepEqual(told(set({ mesos_leader_port: 5060, marathon_heap_mb: 512 }), running), [])
})

test('if nothing runs, a different claim follows the first and deletes its network interfaces', t => {
  const left: Actual = { ...running, machines: [], pools: [], claim: claimOf(three.cluster) }
  const claim = planned(five, left).find(({ kind }) => kind === 'claim')
  if (claim?.kind !== 'claim' || claim.action === 'delete') return t.fail()
  t.is(claim.follows?.version, 1)
  t.is(claim.seats.length, 5)
  t.deepEqual(claim.retires, ['eni-1', 'eni-2', 'eni-3'])
})

test('an empty seat with a changed subnet gets a new network interface, a held one is out of date', t => {
  const moved = factsOf(
    clusterOf(sampleInventory(3).replace('[subnet-a, subnet-b, subnet-c]', '[subnet-x, subnet-b, subnet-c]')),
  )
  t.false(planned(moved, running).some(({ kind }) => kind === 'claim'))
  t.deepEqual(
    planLaunch({ ...moved, actual: running }).outOfDate.map(({ name, reasons }) => [name, reasons]),
    [['c1-leader-1', ['subnet subnet-a → subnet-x']]],
  )
  const empty = { ...running, machines: running.machines.slice(1) }
  const claim = planned(moved, empty).find(({ kind }) => kind === 'claim')
  if (claim?.kind !== 'claim' || claim.action === 'delete') return t.fail()
  t.deepEqual(
    claim.seats.map(({ seat, subnet }) => [seat, subnet]),
    [[1, 'subnet-x']],
  )
  t.deepEqual(claim.retires, ['eni-1'])
})

test('a network interface that is not in the claim is deleted with the next one', t => {
  const stray = { id: 'eni-stray', seat: 2, subnet: 'subnet-b', securityGroupIds: [] }
  const [claim, ...others] = planned(three, { ...running, interfaces: [...running.interfaces, stray] })
  if (claim?.kind !== 'claim' || claim.action === 'delete') return t.fail()
  t.deepEqual([claim.seats, claim.retires, others], [[], ['eni-stray'], []])
})

// A state that releases before 0.2 could create: concurrent launches of 3 and of 5 leaders.
const sideBySide: Actual = {
  ...running,
  claim: undefined,
  unclaimed: { mesos_zk_chroot: 'mesos' },
  interfaces: [],
  machines: [...[1, 2, 3].map(seat => leaderOf(three, seat)), ...[4, 5].map(seat => leaderOf(five, seat))],
}

test('of two ensembles, one with a quorum can stay, and the machines of the other are terminated first', t => {
  const steps = planned(three, sideBySide)
  const removals = steps.filter(({ action }) => action === 'delete')
  t.deepEqual(
    removals.map(({ name, kind }) => [kind, name]),
    [
      ['seat', 'c1-leader-4'],
      ['seat', 'c1-leader-5'],
    ],
  )
  const claim = steps.find(({ kind }) => kind === 'claim')
  for (const { id } of removals) t.true(claim?.needs.includes(id))
  t.deepEqual(told(five, sideBySide), [
    'leaders: leaders of different clusters are running at the same time: 3 of 3 and 2 of 5; ' +
      'to keep one, pass --leaders 3; the plan then terminates the machines of the others',
  ])
})

test('a cluster of an earlier release is claimed only with the settings that it runs with', t => {
  const legacy: Actual = {
    ...running,
    claim: undefined,
    interfaces: [],
    unclaimed: { mesos_zk_chroot: 'mesos', mesos_zk_port: '2181', consul_domain: 'consul' },
  }
  const claim = planned(three, legacy).find(({ kind }) => kind === 'claim')
  if (claim?.kind !== 'claim' || claim.action === 'delete') return t.fail()
  t.deepEqual([claim.seats.length, claim.retires, claim.protects], [3, [], ['i-1', 'i-2', 'i-3']])
  t.regex(
    told(set({ mesos_zk_chroot: 'other' }), legacy)[0] ?? '',
    /^mesos_zk_chroot: is "mesos" on the running cluster/,
  )
  t.deepEqual(told(three, { ...legacy, unclaimed: undefined }), [])
  t.regex(
    told(set({ mesos_zk_chroot: 'other' }), { ...legacy, unclaimed: undefined })[0] ?? '',
    /^claim: an earlier release launched this cluster without recording/,
  )
})
