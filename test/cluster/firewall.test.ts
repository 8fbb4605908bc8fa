import test from 'ava'
import { type Opening, openingsOf } from '../../scripts/cluster/firewall.ts'
import { clusterOf, sampleInventory } from '../harness/sample.ts'

const openings = (text: string) => openingsOf(clusterOf(text))
const to = (all: readonly Opening[], role: string, from: string) =>
  all
    .filter(one => one.to === role && one.from === from)
    .map(({ protocol, first, last }) => `${protocol} ${first === last ? first : `${first}-${last}`}`)
    .sort()

test('leaders and followers open only the ports that their daemons use', t => {
  const all = openings(sampleInventory())
  const gossip = ['tcp 8301', 'udp 8301']
  const serving = ['tcp 2181', 'tcp 5050', 'tcp 8080', 'tcp 8300']
  t.deepEqual(
    to(all, 'leader', 'leader'),
    ['tcp 15101', 'tcp 2888', 'tcp 3888', ...gossip, ...serving].sort(),
  )
  t.deepEqual(to(all, 'leader', 'follower'), [...gossip, ...serving].sort())
  t.deepEqual(to(all, 'follower', 'leader'), ['tcp 31000-32000', 'tcp 5051', ...gossip].sort())
  t.deepEqual(to(all, 'follower', 'follower'), ['tcp 31000-32000', 'tcp 5051', ...gossip].sort())
})

test('ports that an agent offers instead of the default are opened instead', t => {
  const text = sampleInventory().replace(
    'web: {',
    'web: { vars: { mesos_resources: { ports: "[2000-3000, 5000-5001]" } },',
  )
  t.deepEqual(to(openings(text), 'follower', 'leader'), [
    'tcp 2000-3000',
    'tcp 5000-5001',
    'tcp 5051',
    'tcp 8301',
    'udp 8301',
  ])
})

test('a port that only one seat uses is opened', t => {
  const text = sampleInventory().replace(
    'count: 3,',
    'count: 3, seats: { 2: { vars: { mesos_leader_port: 5060 } } },',
  )
  const open = to(openings(text), 'leader', 'follower')
  t.true(open.includes('tcp 5050') && open.includes('tcp 5060'))
})

test('ports of disabled services are not opened', t => {
  const text = `${sampleInventory()}vars: { zookeeper_enabled: false, mesos_zk_dns: zk.example.com, marathon_enabled: false }\n`
  const open = to(openings(text), 'leader', 'leader')
  t.deepEqual(open, ['tcp 5050', 'tcp 8300', 'tcp 8301', 'udp 8301'])
})
