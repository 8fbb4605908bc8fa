import test from 'ava'
import { clusterOf, factsOf } from '../harness/sample.ts'

const inventory = (top = '', variables = '') => `cluster: c1
target: local
${top}vars: { mesos_mode: follower${variables} }
groups:
  leaders: { vars: { mesos_mode: leader }, count: 3 }
  web: { min: 2 }
`

const textOf = (text: string, node: string) => factsOf(clusterOf(text)).userData.get(node)?.text ?? ''

/** The lines of the user data of a node that secrets add (+) and remove (-). */
function changes(node: string, variables?: string): readonly string[] {
  const open = textOf(inventory('', variables), node).split('\n')
  const secured = textOf(inventory('secrets: file:c1.secrets.age\n', variables), node).split('\n')
  const only = (lines: readonly string[], others: readonly string[], sign: string) =>
    lines.filter(line => !others.includes(line)).map(line => `${sign} ${line.trim()}`)
  return [...only(open, secured, '-'), ...only(secured, open, '+')]
}

const reference = ['+ SECRETS="file:c1.secrets.age"']
const paths = ['+ MESOS_ZK_PATH="/mesos"', '+ MARATHON_ZK_PATH="/marathon"']

test('user data contains the reference to secrets, and the path of a file instead of the URL of ZooKeeper', t => {
  t.deepEqual(changes('c1-leader-1'), [
    '- MESOS_ZK="zk://zookeeper.service.consul:2181/mesos"',
    ...reference,
    ...paths,
    '+ MESOS_ZK="file:///run/credentials/mesos-master.service/mesos-master.zk"',
  ])
  t.deepEqual(changes('c1-web'), [
    '- MESOS_MASTER="zk://zookeeper.service.consul:2181/mesos"',
    ...reference,
    ...paths,
    '+ MESOS_MASTER="file:///run/credentials/mesos-agent.service/mesos-agent.zk"',
  ])
})

test('an ensemble of the user keeps its URL', t => {
  const own = ', zookeeper_enabled: false, mesos_zk_dns: zk.example.com'
  for (const node of ['c1-leader-1', 'c1-web']) t.deepEqual(changes(node, own), reference)
})
