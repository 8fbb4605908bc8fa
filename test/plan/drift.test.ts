import test from 'ava'
import { openingsOf } from '../../scripts/cluster/firewall.ts'
import { type Actual, nothing } from '../../scripts/targets/ec2/actual.ts'
import type { Facts } from '../../scripts/targets/ec2/facts.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import { clusterOf, factsOf, runningOf, sampleInventory } from '../harness/sample.ts'

const facts = factsOf(clusterOf(sampleInventory(3)))
const running = runningOf(facts)
const ports = (openings: readonly { readonly first: number }[]) =>
  [...new Set(openings.map(({ first }) => first))].sort((a, b) => a - b)

function changed(edit: (text: string) => string): Facts {
  return factsOf(clusterOf(edit(sampleInventory(3))))
}

function rulesOf(asked: Facts, actual: Actual) {
  const { steps, stillOpen = [] } = planLaunch({ ...asked, actual })
  const rules = steps.flatMap(step =>
    step.kind === 'security group' && step.action === 'update' ? [step] : [],
  )
  return {
    open: ports(rules.flatMap(({ open }) => open)),
    close: ports(rules.flatMap(({ close }) => close)),
    stillOpen: ports(stillOpen),
    last: rules
      .filter(({ close }) => close.length > 0)
      .every(({ needs }) => needs.length >= steps.length - 2),
  }
}

test('a port is closed only if no machine is out of date, and after all other steps', t => {
  const moved = factsOf(
    clusterOf(sampleInventory(3), { vars: { mesos_leader_port: 5060, marathon_http_port: 9090 } }),
  )
  const { open, close, stillOpen } = rulesOf(moved, running)
  t.deepEqual({ open, close, stillOpen }, { open: [5060, 9090], close: [], stillOpen: [5050, 8080] })
  // All machines have been replaced, and the new ports are open in addition to the old ones.
  const renewed = runningOf(moved)
  const both = renewed.securityGroups.map(group => ({
    ...group,
    openings: [...openingsOf(facts.cluster), ...openingsOf(moved.cluster)].filter(
      ({ to }) => to === group.role,
    ),
  }))
  const after = rulesOf(moved, { ...renewed, securityGroups: both })
  t.deepEqual(after, { open: [], close: [5050, 8080], stillOpen: [], last: true })
  const oneFollower = renewed.pools.map(pool => ({
    ...pool,
    machines: pool.machines.map((machine, index) =>
      index === 0 ? { ...machine, templateVersion: 0 } : machine,
    ),
  }))
  t.deepEqual(rulesOf(moved, { ...renewed, securityGroups: both, pools: oneFollower }).close, [])
})

test('if nothing runs, surplus ports are closed immediately', t => {
  const surplus = { to: 'leader', from: 'leader', protocol: 'tcp', first: 9, last: 9 } as const
  const groups = running.securityGroups.map(group => ({ ...group, openings: [...group.openings, surplus] }))
  t.deepEqual(rulesOf(facts, { ...nothing, securityGroups: groups }).close, [9])
})

test('leaders are out of date if their key, root volume or subnet differs', t => {
  const reasons = (asked: Facts) =>
    planLaunch({ ...asked, actual: running }).outOfDate.find(({ name }) => name === 'c1-leader-1')?.reasons
  t.deepEqual(reasons(changed(text => text.replace('count: 3', 'count: 3, key_name: ops'))), [
    'key none → ops',
  ])
  t.deepEqual(reasons(changed(text => text.replace('count: 3', 'count: 3, root_volume_gb: 40'))), [
    'root volume 20 → 40 GiB',
  ])
  t.deepEqual(reasons(changed(text => text.replace('[subnet-a, subnet-b, subnet-c]', '[subnet-z]'))), [
    'subnet subnet-a → subnet-z',
  ])
})

test('changed security groups are applied to the network interfaces of running leaders', t => {
  const asked = changed(text => text.replace('count: 3', 'count: 3, security_groups: [sg-ops]'))
  const steps = planLaunch({ ...asked, actual: running }).steps.filter(
    ({ kind }) => kind === 'network interface',
  )
  t.deepEqual(
    steps.map(
      step => step.kind === 'network interface' && step.action === 'update' && [step.target, step.changes],
    ),
    [1, 2, 3].map(seat => [`eni-${seat}`, ['add sg-ops']]),
  )
})

test('changed tags are applied to leaders with all their parts, and to pools; other tags are kept', t => {
  const asked = changed(text => `${text}tags: { team: web }\n`)
  const theirs = running.machines.map(machine => ({
    ...machine,
    placement: machine.placement && { ...machine.placement, tags: { cost: 'x' } },
  }))
  const { steps } = planLaunch({ ...asked, actual: { ...running, machines: theirs } })
  const tags = steps.flatMap(step => (step.kind === 'tags' && step.action === 'update' ? [step] : []))
  t.deepEqual(
    tags.map(({ targets, tags }) => [targets, tags]),
    [1, 2, 3].map(seat => [[`i-${seat}`, `vol-${seat}`, `eni-${seat}`], { team: 'web' }]),
  )
  const pool = steps.find(({ kind }) => kind === 'pool')
  t.deepEqual(pool?.kind === 'pool' && pool.action === 'update' && [pool.changes, pool.tags.team], [
    ['tag team → web'],
    'web',
  ])
})

test('a pool that is no longer in the inventory is listed, and deleted with its template if requested', t => {
  const renamed = changed(text => text.replace('web:', 'site:'))
  t.deepEqual(planLaunch({ ...renamed, actual: running }).surplus, ['c1-web'])
  const plan = planLaunch({ ...renamed, actual: running, prune: true })
  t.deepEqual(plan.surplus, [])
  t.deepEqual(
    plan.steps
      .filter(({ action }) => action === 'delete')
      .map(({ kind, name, needs }) => [kind, name, needs]),
    [
      ['pool', 'c1-web', []],
      ['launch template', 'c1-web', ['remove pool c1-web']],
    ],
  )
})
