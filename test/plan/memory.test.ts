import test from 'ava'
import { unfitMemory } from '../../scripts/targets/ec2/memory.ts'
import { clusterOf, sampleInventory } from '../harness/sample.ts'

/** The problems reported for a cluster whose machines all have the given memory, in MiB. */
function said(memory: number, vars: string, leaders = 3): readonly string[] {
  const cluster = clusterOf(`${sampleInventory(leaders)}vars: { ${vars} }\n`)
  return unfitMemory(cluster, new Map([['m6i.large', memory]])).map(
    ({ path, message }) => `${path}: ${message}`,
  )
}

test('the heaps of a leader must be smaller than its memory', t => {
  const heaps = 'zookeeper_heap_mb: 1000, marathon_heap_mb: 2000'
  t.deepEqual(said(3001, heaps), [])
  t.deepEqual(said(3000, heaps), [
    'groups.leaders.instance_type: m6i.large has 3000 MiB of memory, but zookeeper_heap_mb and marathon_heap_mb take 3000 MiB',
  ])
  t.deepEqual(said(3000, `${heaps}, marathon_enabled: false`), [])
})

test('an agent must not offer more memory than it has, for all roles together', t => {
  t.deepEqual(said(8192, 'mesos_resources: { mem: 4096, "mem(web)": 4096 }'), [])
  t.deepEqual(said(8192, 'mesos_resources: { mem: 4096, "mem(web)": 4097, disk: 99999 }'), [
    'groups.web.instance_type: m6i.large has 8192 MiB of memory, but mesos_resources offers 8193 MiB',
  ])
})

test('nothing is reported for an instance type with unknown memory', t => {
  const cluster = clusterOf(sampleInventory(1), { vars: { marathon_heap_mb: 1_000_000 } })
  t.deepEqual(unfitMemory(cluster, new Map()), [])
})
