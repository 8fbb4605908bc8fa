import test from 'ava'
import type { Actual } from '../../scripts/targets/ec2/actual.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import { clusterOf, factsOf, runningOf, sampleInventory } from '../harness/sample.ts'

// Pools start instances from an explicit version of their launch template.

const facts = factsOf(clusterOf(sampleInventory(3)))
const running = runningOf(facts)

function withPool(pin: string, versions: readonly (number | undefined)[]): Actual {
  const pools = running.pools.map(pool => ({
    ...pool,
    pin,
    machines: versions.map((templateVersion, index) => ({
      id: `i-${index}`,
      inService: true,
      templateVersion,
    })),
  }))
  return { ...running, pools, launchTemplates: running.launchTemplates.map(one => ({ ...one, version: 3 })) }
}

function poolStep(actual: Actual, asked = facts) {
  const step = planLaunch({ ...asked, actual }).steps.find(({ kind }) => kind === 'pool')
  return step?.kind === 'pool' && step.action !== 'delete' ? [step.pin, step.changes] : undefined
}

test('a new pool is pinned to the version that was just created', t => {
  t.deepEqual(poolStep({ ...running, pools: [] }), ['newest', []])
})

test('a pool of an earlier release is pinned to the version that most of its instances run', t => {
  t.deepEqual(poolStep(withPool('$Latest', [2, 2, 3])), [2, ['pin to launch template version 2']])
  t.deepEqual(poolStep(withPool('$Default', [3, 2])), [2, ['pin to launch template version 2']])
  t.deepEqual(poolStep(withPool('$Latest', [])), [3, ['pin to launch template version 3']])
  t.is(poolStep(withPool('2', [3, 3])), undefined)
})

test('a launch creates a new version, leaves the pool at its version, and lists what is out of date', t => {
  const changed = factsOf(clusterOf(sampleInventory(3), { vars: { mesos_attributes: { rack: 'r2' } } }))
  const actual = withPool('3', [3, 3])
  const { steps, outOfDate } = planLaunch({ ...changed, actual })
  t.true(steps.some(({ id }) => id === 'launch template c1-web'))
  t.is(poolStep(actual, changed), undefined)
  t.deepEqual(
    outOfDate.filter(({ name }) => name === 'c1-web').map(({ machine }) => machine),
    ['i-0', 'i-1'],
  )
})

test('a pool without instances is out of date while it is pinned to an older version', t => {
  const pool = (pin: string) => planLaunch({ ...facts, actual: withPool(pin, []) }).outOfDate
  t.deepEqual(pool('2'), [
    {
      name: 'c1-web',
      machine: 'c1-web',
      reasons: ['starts instances from launch template version 2'],
      inPlace: false,
    },
  ])
  t.deepEqual(pool('3'), [])
})

test('changed bounds of a pool do not change its version', t => {
  const wider = factsOf(clusterOf(sampleInventory(3).replace('max: 4', 'max: 9')))
  t.deepEqual(poolStep(withPool('2', [2]), wider), ['kept', ['max 4 → 9']])
})
