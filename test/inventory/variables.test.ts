import { readFileSync } from 'node:fs'
import test from 'ava'
import { inventoryFields } from '../../scripts/inventory/fields.ts'
import { variableNames, variables } from '../../scripts/inventory/variables.ts'
import { clusterOf } from '../harness/sample.ts'

test('the eleven variables of the original role have exactly its defaults', t => {
  const defaults = Object.fromEntries(variableNames.slice(0, 11).map(name => [name, variables[name].default]))
  t.deepEqual(defaults, {
    mesos_mode: 'follower',
    mesos_log_dir: '/var/log/mesos',
    mesos_work_dir: '/var/run/mesos',
    mesos_leader_port: 5050,
    mesos_follower_port: 5051,
    mesos_leader_cmd: 'mesos-master',
    mesos_follower_cmd: 'mesos-slave',
    mesos_cluster: 'cluster1',
    mesos_zk_dns: 'zookeeper.service.consul',
    mesos_zk_port: 2181,
    mesos_zk_chroot: 'mesos',
  })
})

test('every default has the type of its variable, and every variable has a description', t => {
  for (const name of variableNames) {
    const { type, default: value, description, becomes } = variables[name]
    if (value !== undefined) t.true(type.schema.safeParse(value).success, name)
    t.regex(description, /^[A-Z].*\.\)?$/, name)
    t.true(becomes.length > 0, name)
  }
})

test('the example is a valid inventory, with every key explained', t => {
  const text = readFileSync('inventory.example.yaml', 'utf8')
  const { seats, pools } = clusterOf(text)
  t.deepEqual([seats.length, pools.length], [3, 1])
  for (const key of Object.keys(inventoryFields).filter(name => name !== 'target'))
    t.regex(text, new RegExp(`^(# )?${key}:`, 'm'))
})

test('anchors and merge keys work as expected', t => {
  const text = `
groups:
  leaders: { vars: { mesos_mode: leader } }
  a: &pool { min: 1, max: 2, vars: { mesos_attributes: { rack: a } } }
  b: { <<: *pool, max: 5 }
`
  t.deepEqual(
    clusterOf(text).pools.map(({ min, max }) => [min, max]),
    [
      [1, 2],
      [1, 5],
    ],
  )
})

test('a byte order mark and Windows line endings are accepted', t => {
  t.is(clusterOf('\ufeffcluster: win\r\ngroups:\r\n  a: { vars: { mesos_mode: leader } }\r\n').name, 'win')
})
