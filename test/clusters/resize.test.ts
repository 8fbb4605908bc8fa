import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { noAwsEnv } from '../harness/aws.ts'
import { bakedMissing } from '../harness/baked.ts'
import { run } from '../harness/command.ts'
import { type LocalCluster, localCluster, until } from '../harness/local-cluster.ts'
import { packerEnv } from '../harness/packer.ts'
import { podman } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'
import { startWriter } from '../harness/zookeeper-writer.ts'

// A cluster of three leaders gets five and then three again. The tests use the same cluster, in this order.
const test = unless(bakedMissing(), anyTest as TestFn)
let cluster: LocalCluster

async function leadersOf(leaders: number) {
  const { stdout } = await cluster.run('status', '--json', '--leaders', `${leaders}`)
  const { health } = JSON.parse(stdout)
  const nodes: Awaited<ReturnType<LocalCluster['health']>>['nodes'] = health.nodes
  return { health, leaders: nodes.filter(({ report }) => report?.master) }
}

const startedAt = (node: string) => podman('inspect', '--format', '{{.State.StartedAt}}', node)

/** The servers that Consul counts, and the addresses of the ZooKeeper name on a follower and in the catalog. */
async function namesAndPeers() {
  const consul = '. /etc/mesos-bakery/node.env; export CONSUL_HTTP_ADDR'
  const peers = await cluster.sh(
    cluster.leader(1),
    `${consul}; consul operator raft list-peers | tail -n +2 | wc -l`,
  )
  const name = 'getent ahostsv4 zookeeper.service.consul | cut -d" " -f1 | sort -u | wc -l'
  const [web = ''] = (await cluster.health()).nodes.map(one => one.name).filter(one => one.includes('-web-'))
  const catalog = 'curl --silent "http://$CONSUL_HTTP_ADDR/v1/catalog/service/zookeeper" | jq length'
  return {
    peers: Number(peers),
    addresses: Number(await cluster.sh(web, name)),
    onLeader: Number(await cluster.sh(cluster.leader(1), name)),
    registered: Number(await cluster.sh(cluster.leader(1), `${consul}; ${catalog}`)),
  }
}

/** Resizes under a client that writes to ZooKeeper, and checks what it leaves. */
async function resizeTo(t: ExecutionContext, leaders: number) {
  const addresses = (await leadersOf(3)).leaders.slice(0, 3).map(({ address }) => address)
  const writer = startWriter(addresses.join(','))
  await writer.started
  const begin = Date.now()
  const { code, stderr, stdout } = await cluster.run('resize', '--yes', '--leaders', `${leaders}`)
  const seconds = Math.round((Date.now() - begin) / 1_000)
  const { acknowledged, lost, gap } = await writer.end()
  t.log(stderr)
  t.is(code, 0, stderr)
  t.log(`${seconds} s; ${acknowledged} writes acknowledged, ${lost} lost, at most ${gap} s without a write`)
  t.is(lost, 0)
  t.true(acknowledged > 100)
  t.regex(stdout, /✓ followers +1 of 1 registered/)
  const { health, leaders: all } = await leadersOf(leaders)
  t.true(health.up)
  const quorum = (leaders + 1) / 2
  t.deepEqual(
    all.map(({ report }) => report?.master?.quorum),
    Array.from({ length: leaders }, () => quorum),
  )
  t.deepEqual(await namesAndPeers(), {
    peers: leaders,
    addresses: leaders,
    onLeader: leaders,
    registered: leaders,
  })
  return stderr
}

test('a number of leaders that cannot be reached at once is refused with the way to it', async t => {
  cluster = await localCluster({ leaders: 3, followers: 1 })
  const { code, stderr } = await cluster.run('launch', '--yes')
  t.is(code, 0, stderr)
  const seven = await cluster.run('resize', '--yes', '--leaders', '7')
  t.is(seven.code, 1)
  t.regex(seven.stderr, /from 3 to 7 at once.*--leaders 5, then 7/s)
  t.regex((await cluster.run('launch', '--yes', '--leaders', '5')).stderr, /npm run resize -- --leaders 5/)
  const none = await cluster.run('resize', '--yes', '--leaders', '3')
  t.is(none.code, 0, none.stderr)
  t.regex(none.stderr, /no change is required, the cluster has 3 leaders/)
})

test('a resize that is killed is finished by the same command only', async t => {
  const before = new Map<string, string>()
  for (const seat of [1, 2, 3]) before.set(cluster.leader(seat), await startedAt(cluster.leader(seat)))
  const killed = new AbortController()
  const args = ['--target', 'local', '--inventory', cluster.inventory, '--yes', '--leaders', '5']
  const running = run('resize', args, { env: packerEnv(noAwsEnv()), signal: killed.signal })
  await until('a leader is restarted', 120, async () => {
    for (const [node, time] of before) if ((await startedAt(node)) !== time) return true
    return false
  })
  killed.abort()
  t.not((await running).code, 0)
  for (const command of ['launch', 'roll']) {
    const { code, stderr } = await cluster.run(command, '--yes')
    t.is(code, 1)
    t.regex(stderr, /resized from 3 to 5 leaders.*npm run resize -- --leaders 5/s, command)
  }
  t.regex((await cluster.run('resize', '--yes', '--leaders', '9')).stderr, /resized from 3 to 5 leaders/)
  t.regex((await cluster.run('status')).stdout, /resized from 3 to 5 leaders/)
  const stderr = await resizeTo(t, 5)
  t.regex(stderr, /resuming/)
  t.regex(stderr, /change its count to 5/)
  for (const seat of [1, 2, 3]) t.not(await startedAt(cluster.leader(seat)), before.get(cluster.leader(seat)))
  t.is((await cluster.run('launch', '--yes', '--leaders', '5')).code, 0)
})

test('five leaders become three', async t => {
  const stderr = await resizeTo(t, 3)
  t.regex(stderr, /end \S+-leader-5 for good/)
  t.notRegex(stderr, /change its count/)
  t.regex((await cluster.run('roll', '--yes')).stderr, /no rolling update is required/)
})

anyTest.after.always(async () => cluster?.remove())
