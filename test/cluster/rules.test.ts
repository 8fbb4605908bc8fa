import test from 'ava'
import fc from 'fast-check'
import { architectureOf } from '../../scripts/cluster/architecture.ts'
import type { Cluster } from '../../scripts/cluster/cluster.ts'
import { ensembleOf } from '../../scripts/cluster/ensemble.ts'
import { leadersTrouble, quorumOf } from '../../scripts/cluster/quorum.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'
import { fileIn, readDocument, readEnvironment } from '../harness/documents.ts'
import { clusterOf, refusals, sampleInventory, templates } from '../harness/sample.ts'

const odd = fc.integer({ min: 0, max: 15 }).map(half => 2 * half + 1)
const even = fc.integer({ min: 0, max: 127 }).map(half => 2 * half)

test('an odd number of leaders is accepted, an even one is refused with the odd numbers next to it', t => {
  fc.assert(fc.property(odd, leaders => t.is(leadersTrouble(leaders), undefined)))
  fc.assert(
    fc.property(even, leaders => {
      const [message = ''] = refusals(() => clusterOf(sampleInventory(leaders)))
      const named = /use (\d+) or (\d+)$/.exec(message)?.slice(1).map(Number) ?? []
      t.deepEqual(named, leaders === 0 ? [1, 3] : [leaders - 1, leaders + 1])
    }),
  )
})

test('N is 2 × quorum − 1, as Mesos assumes', t => {
  fc.assert(fc.property(odd, leaders => t.is(2 * quorumOf(leaders) - 1, leaders)))
})

test('all leaders have the same quorum, ensemble and number of servers, and each seat has only its own ID', t => {
  fc.assert(
    fc.property(odd, leaders => {
      const cluster = clusterOf(sampleInventory(leaders))
      const documents = renderCluster(templates, cluster)
        .slice(0, leaders)
        .map(({ text }) => readDocument(text))
      const ensembles = documents.map(one =>
        fileIn(one, '/etc/zookeeper/conf/zoo.cfg').match(/^server\..*$/gm),
      )
      const servers = ensembleOf(cluster.name, leaders, 'consul').map(
        ({ seat, host }) => `server.${seat}=${host}:2888:3888`,
      )
      for (const ensemble of ensembles) t.deepEqual(ensemble, servers)
      for (const [index, document] of documents.entries()) {
        const consul = JSON.parse(fileIn(document, '/etc/consul.d/server.json'))
        const master = readEnvironment(fileIn(document, '/etc/mesos-bakery/mesos-master.env'))
        t.is(consul.bootstrap_expect, leaders)
        // The agent has the name of its machine. With the name of the seat, it would be rejected while Consul remembers
        // the former machine.
        t.false('node_name' in consul || 'node_id' in consul)
        t.is(master.get('MESOS_QUORUM'), String((leaders + 1) / 2))
        t.is(fileIn(document, '/etc/zookeeper/conf/myid'), `${index + 1}\n`)
        t.true(
          JSON.parse(fileIn(document, '/etc/consul.d/agent.json')).dns_config.udp_answer_limit >= leaders,
        )
      }
    }),
    { numRuns: 20 },
  )
})

test('the same inventory gives the same bytes, independent of the order of its keys', t => {
  const vars = {
    mesos_zk_port: 2182,
    mesos_leader_options: { offer_timeout: '2mins', agent_ping_timeout: '5secs' },
  }
  const first = renderCluster(templates, clusterOf(sampleInventory(), { vars }))
  const { mesos_zk_port, mesos_leader_options } = vars
  const flipped = Object.fromEntries(Object.entries(mesos_leader_options).reverse())
  const second = renderCluster(
    templates,
    clusterOf(sampleInventory(), { vars: { mesos_leader_options: flipped, mesos_zk_port } }),
  )
  t.deepEqual(first, second)
})

test('precedence of variables: built-in, vars, group, seat, command line', t => {
  const text = `
vars: { mesos_log_dir: /vars, mesos_work_dir: /vars, mesos_leader_port: 11001, marathon_heap_mb: 101 }
groups:
  leaders:
    vars: { mesos_mode: leader, mesos_work_dir: /group, mesos_leader_port: 11002, marathon_heap_mb: 102 }
    seats: { 2: { vars: { mesos_leader_port: 11003, marathon_heap_mb: 103 } } }
`
  const { seats } = clusterOf(text, { vars: { marathon_heap_mb: 104 } })
  const seen = (seat: Cluster['seats'][number] | undefined) => [
    seat?.values.mesos_zk_port,
    seat?.values.mesos_log_dir,
    seat?.values.mesos_work_dir,
    seat?.values.mesos_leader_port,
    seat?.values.marathon_heap_mb,
  ]
  t.deepEqual(seen(seats[0]), [2181, '/vars', '/group', 11002, 104])
  t.deepEqual(seen(seats[1]), [2181, '/vars', '/group', 11003, 104])
})

test('mesos_cluster and the Consul datacenter are derived from the name of the cluster', t => {
  const [seat] = clusterOf(sampleInventory()).seats
  t.deepEqual([seat?.values.mesos_cluster, seat?.values.consul_datacenter], ['c1', 'c1'])
  const [unnamed] = clusterOf('groups: { a: { vars: { mesos_mode: leader } } }').seats
  t.is(unnamed?.values.mesos_cluster, 'cluster1')
})

test('the architecture is derived from the instance type', t => {
  for (const type of [
    'm6g.large',
    'c7gn.xlarge',
    't4g.nano',
    'im4gn.large',
    'is4gen.large',
    'g5g.xlarge',
    'a1.medium',
    'm7gd.large',
  ])
    t.is(architectureOf(type), 'arm64', type)
  for (const type of [
    'm6i.large',
    'g4dn.xlarge',
    't3.micro',
    'g5.xlarge',
    'm5.large',
    'c6in.large',
    'inf2.xlarge',
  ])
    t.is(architectureOf(type), 'amd64', type)
})
