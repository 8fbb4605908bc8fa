import test from 'ava'
import { nodesOf } from '../../scripts/cluster/cluster.ts'
import { examine } from '../../scripts/cluster/resolve.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'
import { loadPrograms } from '../../scripts/user-data/load-templates.ts'
import { renderNode } from '../../scripts/user-data/render.ts'
import { traceNode } from '../../scripts/user-data/trace.ts'
import { cases, inventoryOf } from '../harness/cases.ts'
import { templates } from '../harness/sample.ts'

const programs = loadPrograms()

function traced(text: string) {
  const { cluster, draft } = examine(parseInventory(text, 'inventory.yaml'))
  if (cluster === undefined) throw new Error('the inventory is not valid')
  return nodesOf(cluster).map(node => ({
    name: node.name,
    lines: traceNode(programs, draft, cluster, node),
    text: renderNode(templates, cluster, node).text,
  }))
}

test('the traced lines of every case are the bytes of render', t => {
  for (const name of cases)
    for (const { lines, text } of traced(inventoryOf(name)))
      t.is(lines.map(line => line.text).join('\n'), text)
})

const inventory = `
cluster: c1
vars: { mesos_zk_port: 2182, marathon_options: { enable_features: [vips], http_compression: false } }
groups:
  leaders:
    vars: { mesos_mode: leader, mesos_leader_options: { offer_timeout: 2mins } }
    count: 3
    seats: { 2: { vars: { mesos_log_dir: /var/log/two } } }
  web:
    vars:
      mesos_attributes: { rack: r1 }
      user_data_extra: { packages: [htop], runcmd: [[echo, a]] }
`

/** A line of a node, and the settings that it is made from. A default has no path. */
const rows: readonly (readonly [node: string, line: string, from: readonly string[]])[] = [
  ['c1-leader-1', 'hostname: "c1-leader-1"', ['cluster at cluster', 'group at groups.leaders']],
  ['c1-leader-1', 'MESOS_QUORUM=2', ['count at groups.leaders.count']],
  ['c1-leader-1', 'MESOS_PORT=5050', ['mesos_leader_port']],
  ['c1-leader-1', 'MESOS_CLUSTER="c1"', ['cluster at cluster']],
  ['c1-leader-1', 'MESOS_LOG_DIR="/var/log/mesos"', ['mesos_log_dir']],
  [
    'c1-leader-2',
    'MESOS_LOG_DIR="/var/log/two"',
    ['mesos_log_dir at groups.leaders.seats.2.vars.mesos_log_dir'],
  ],
  [
    'c1-leader-1',
    'MESOS_OFFER_TIMEOUT="2mins"',
    ['mesos_leader_options.offer_timeout at groups.leaders.vars.mesos_leader_options.offer_timeout'],
  ],
  ['c1-leader-1', 'MESOS_ZK_SESSION_TIMEOUT="8secs"', ['mesos_leader_options.zk_session_timeout']],
  [
    'c1-leader-1',
    'MARATHON_DISABLE_HTTP_COMPRESSION=""',
    ['marathon_options.http_compression at vars.marathon_options.http_compression'],
  ],
  ['c1-leader-1', 'clientPort=2182', ['mesos_zk_port at vars.mesos_zk_port']],
  ['c1-leader-1', 'tickTime=1000', ['zookeeper_tick_ms']],
  ['c1-leader-1', 'initLimit=20', []],
  ['c1-web', 'MESOS_ATTRIBUTES="rack:r1"', ['mesos_attributes at groups.web.vars.mesos_attributes']],
  ['c1-web', '- "htop"', ['user_data_extra at groups.web.vars.user_data_extra']],
  ['c1-web', '- "a"', ['user_data_extra.runcmd at groups.web.vars.user_data_extra.runcmd']],
]

test('a line is traced to the settings that it is made from', t => {
  const nodes = traced(inventory)
  for (const [name, line, from] of rows) {
    const found = nodes.find(node => node.name === name)?.lines.find(({ text }) => text.trim() === line)
    t.deepEqual(
      found?.from.map(source => [source.name, source.path].filter(part => part !== undefined).join(' at ')),
      from,
      line,
    )
  }
})
