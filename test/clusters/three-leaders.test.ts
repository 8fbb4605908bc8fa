import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { bakedMissing } from '../harness/baked.ts'
import { run } from '../harness/command.ts'
import { type Health, type LocalCluster, localCluster, until } from '../harness/local-cluster.ts'
import { cutOff, heal } from '../harness/partition.ts'
import { podman } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'
import { commandsInContainers, runAsShown, type Shown } from '../harness/readme.ts'
import { startWriter } from '../harness/zookeeper-writer.ts'

// The tests use the same cluster, in this order. Each test leaves it healthy.
const test = unless(bakedMissing(), anyTest as TestFn)
let cluster: LocalCluster

const [launch, destroy, ...others] = commandsInContainers()

test('three leaders and two followers form a cluster without restarts, and launch prints what the README shows', async t => {
  cluster = await localCluster({ leaders: 3, followers: 2 })
  const begin = Date.now()
  await printsWhatReadmeShows(t, launch)
  t.log(`launched in ${(Date.now() - begin) / 1_000} s`)
  const { elected, nodes, up } = await cluster.health()
  t.true(up)
  t.regex(elected ?? '', /-leader-[123]$/)
  t.deepEqual(
    nodes.flatMap(({ report }) => report?.master?.quorum ?? []),
    [2, 2, 2],
  )
  await noRestarts(t)
})

test('a web page is available at the printed address, and logs can be read', async t => {
  const { pages } = await cluster.health()
  t.is(pages.length, 6)
  for (const { url, what } of pages)
    t.is((await fetch(`${url}${what === 'Mesos' ? 'health' : 'ping'}`)).status, 200)
  const logs = await cluster.run(
    'logs',
    '--node',
    cluster.leader(1),
    '--unit',
    'mesos-master',
    '--lines',
    '5',
  )
  t.is(logs.stdout.trim().split('\n').length, 5)
  const boot = await cluster.run('logs', '--node', cluster.leader(1), '--boot')
  t.regex(boot.stdout, /Reached target|Started /)
  t.notRegex(boot.stdout, /mesos-bakery \d+-[0-9a-f]{8} /)
  const { elected } = await cluster.health()
  const opened: readonly object[] = JSON.parse((await cluster.run('open', '--json')).stdout)
  t.deepEqual(
    opened,
    pages.filter(({ node }) => node === elected),
  )
  const shell = await cluster.run('shell', '--node', cluster.leader(2), '--command', 'hostname; exit 3')
  t.like(shell, { code: 3, stdout: `${cluster.leader(2)}\n` })
  t.regex(
    (await cluster.run('logs', '--node', `${cluster.name}-leader-9`)).stderr,
    /unknown node .*; did you mean/,
  )
})

test('each machine booted with the same bytes that render writes for EC2', async t => {
  const { stdout } = await run('render', ['--inventory', cluster.inventory, '--json'])
  const nodes: readonly Sum[] = JSON.parse(stdout).nodes
  const sums = new Map(nodes.map(({ name, sha256 }) => [name, sha256]))
  for (const [node, name] of [
    [cluster.leader(2), cluster.leader(2)],
    [cluster.follower(1), `${cluster.name}-web`],
  ] as const) {
    const sum = await cluster.sh(node, 'sha256sum /var/lib/cloud/seed/nocloud/user-data | cut -d" " -f1')
    t.is(sum, sums.get(name) ?? 'none')
  }
})

interface Sum {
  readonly name: string
  readonly sha256: string
}

test('launching again changes nothing', async t => {
  const before = await machines()
  const { code, stderr } = await cluster.run('launch', '--yes')
  t.is(code, 0, stderr)
  t.regex(stderr, /No changes/)
  t.deepEqual(await machines(), before)
})

test('with one ZooKeeper stopped, its name has three addresses, nothing restarts, and a new follower joins', async t => {
  const { elected } = await cluster.health()
  const node = [1, 2, 3].map(cluster.leader).find(name => name !== elected) ?? ''
  const before = await cluster.restarts()
  await cluster.sh(node, 'systemctl stop zookeeper')
  const names = alwaysThreeAddresses(cluster.follower(1))
  const grown = cluster.run('launch', '--followers', '3', '--yes', '--timeout', '20s')
  await until('the third follower is registered', 60, async () => {
    const { nodes } = await healthOfThree()
    return nodes.filter(({ report }) => report?.agent?.registered).length === 3
  })
  await grown
  t.deepEqual(await names.end(), [])
  await cluster.sh(node, 'systemctl start zookeeper')
  await well()
  t.deepEqual(await sameNodes(before), before)
  const { code } = await cluster.run('launch', '--followers', '2', '--yes')
  t.is(code, 0)
  t.is((await podman('ps', '--quiet', '--filter', `name=${cluster.follower(3)}`)).length, 0)
})

test('nothing restarts without Consul on the elected leader and on a follower, or on any node', async t => {
  const { elected, nodes } = await cluster.health()
  const before = await cluster.restarts()
  const first = [elected ?? '', cluster.follower(1)]
  const others = nodes.map(({ name }) => name).filter(name => !first.includes(name))
  // Several times the 10 s after which ZooKeeper ends the session of a client that does not reach it.
  for (const [stopped, seconds] of [
    [first, 30],
    [others, 15],
  ] as const) {
    await Promise.all(stopped.map(node => cluster.sh(node, 'systemctl stop consul')))
    const end = Date.now() + seconds * 1_000
    while (Date.now() < end) {
      const { elected: now, nodes } = await cluster.health()
      t.is(now, elected)
      t.true(
        nodes.every(({ report }) => report?.master?.health !== false && report?.agent?.registered !== false),
      )
      await sleep(2_000)
    }
  }
  await Promise.all(nodes.map(({ name }) => cluster.sh(name, 'systemctl start consul')))
  await well()
  t.deepEqual(await cluster.restarts(), before)
  t.is((await cluster.health()).elected, elected)
})

test('when the elected leader is killed, no write is lost, another leader is elected, and the seat recovers', async t => {
  const { elected, nodes } = await cluster.health()
  const addresses = nodes.filter(({ report }) => report?.master).map(({ address }) => address)
  const before = await cluster.restarts()
  const writer = startWriter(addresses.join(','))
  await writer.started
  await podman('kill', elected ?? '')
  const { after, answer } = await until('another leader is elected', 60, async () => {
    const { elected: now } = await cluster.health()
    return now !== null && now !== elected && now
  })
  t.log(`${answer} is elected ${after} s after ${elected} was killed`)
  await until('the followers are registered with it', 60, async () => {
    const now = (await cluster.health()).nodes
    const leads = now.find(({ name }) => name === answer)?.report?.master
    return leads?.slaves === 2 && now.every(({ report }) => report?.agent?.registered !== false)
  })
  const { code, stderr } = await cluster.run('launch', '--yes')
  t.is(code, 0, stderr)
  const { acknowledged, lost } = await writer.end()
  t.log(`${acknowledged} writes acknowledged`)
  t.true(acknowledged > 100)
  t.is(lost, 0)
  t.deepEqual(await sameNodes(before, [elected ?? '']), withoutNode(before, elected ?? ''))
  t.is((await cluster.health()).nodes.filter(({ state }) => state === 'running').length, 5)
})

test('when the elected leader is isolated, the majority serves within 15 s, and only the isolated node restarts', async t => {
  const { elected, nodes: all } = await cluster.health()
  const before = await cluster.restarts()
  const others = [1, 2, 3].map(cluster.leader).filter(name => name !== elected)
  await cutOff(elected ?? '')
  t.teardown(() => heal(elected ?? ''))
  const addresses = all.filter(({ name }) => others.includes(name)).map(({ address }) => address ?? '')
  const { after } = await until('the majority serves again', 60, async () => {
    const leads = await Promise.all(addresses.map(claimsToLead))
    return leads.filter(one => one).length === 1
  })
  t.log(`the majority serves ${after} s after the cut`)
  t.true(after <= 15, `${after} s`)
  await until('the minority serves nobody', 30, async () => {
    const cut = (await cluster.health()).nodes.find(({ name }) => name === elected)?.report
    return cut?.master?.elected !== true && cut?.zookeeper?.mode == null
  })
  await heal(elected ?? '')
  await well()
  t.deepEqual(await sameNodes(before, [elected ?? '']), withoutNode(before, elected ?? ''))
})

test('when a leader that is not elected is isolated, nothing restarts, and it rejoins afterwards', async t => {
  const { elected } = await cluster.health()
  const cut = [1, 2, 3].map(cluster.leader).find(name => name !== elected) ?? ''
  const before = await cluster.restarts()
  await cutOff(cut)
  t.teardown(() => heal(cut))
  await until('it serves nobody', 30, async () => {
    const report = (await cluster.health()).nodes.find(({ name }) => name === cut)?.report
    return report?.zookeeper?.mode == null
  })
  const { after } = await until('the majority serves', 15, async () => {
    const { nodes } = await cluster.health()
    return nodes.some(({ report, name }) => name !== cut && report?.master?.elected)
  })
  t.true(after <= 15)
  await heal(cut)
  await well()
  t.deepEqual(await sameNodes(before, [cut]), withoutNode(before, cut))
})

test('without a majority of ZooKeeper no master leads, and the cluster recovers when it returns', async t => {
  const stopped = [cluster.leader(1), cluster.leader(2)]
  for (const node of stopped) await cluster.sh(node, 'systemctl stop zookeeper')
  const { after } = await until('nobody claims to lead', 60, async () => {
    const { elected, nodes } = await cluster.health()
    return elected === null && nodes.every(({ report }) => report?.zookeeper?.mode == null)
  })
  t.log(`nobody claims to lead ${after} s after the majority was stopped`)
  for (const node of stopped) await cluster.sh(node, 'systemctl start zookeeper')
  await well()
  t.pass()
})

test('a leader is replaced in less than 30 s, with the same seat and address, and nothing else restarts', async t => {
  const { nodes } = await cluster.health()
  const node = cluster.leader(2)
  const was = nodes.find(({ name }) => name === node)
  const before = await cluster.restarts()
  const { code, stderr } = await cluster.run('replace', '--node', node, '--yes')
  t.is(code, 0, stderr)
  const now = (await cluster.health()).nodes.find(({ name }) => name === node)
  t.not(now?.machine, was?.machine)
  t.is(now?.address, was?.address)
  t.is(await cluster.sh(node, 'cat /etc/zookeeper/conf/myid'), '2')
  t.is(
    await cluster.sh(cluster.follower(1), `getent ahostsv4 ${node}.node.consul | cut -d" " -f1 | sort -u`),
    now?.address ?? 'none',
  )
  // The vote in Consul follows about ten seconds after the seat, its ID and its name.
  const done = stderr.split('\n').filter(line => !line.startsWith('consul:'))
  const figures = done.map(line => Number(/\(([\d.]+) s\)$/.exec(line)?.[1] ?? 0))
  const seconds = Math.max(...figures)
  t.log(`green ${seconds} s after its machine was up`)
  t.true(seconds < 30, stderr)
  t.deepEqual(await sameNodes(before, [node]), withoutNode(before, node))
})

test('a leader is not replaced while the others do not have a quorum', async t => {
  await cluster.sh(cluster.leader(3), 'systemctl stop zookeeper')
  const { code, stderr } = await cluster.run('replace', '--node', cluster.leader(1), '--yes')
  t.is(code, 1)
  t.regex(
    stderr,
    /only 1 of the other 2 leaders are healthy \(\S+-leader-3 is not part of the ZooKeeper quorum\), but the quorum is 2/,
  )
  await cluster.sh(cluster.leader(3), 'systemctl start zookeeper')
  await well()
})

test('after a power failure of all machines the cluster recovers by itself, with its state', async t => {
  const before = await cluster.health()
  const names = before.nodes.map(({ name }) => name)
  const ids = idsOf(before)
  await podman('kill', ...names)
  const begin = Date.now()
  await podman('start', ...names)
  await well()
  t.log(`back ${(Date.now() - begin) / 1_000} s after the power`)
  t.deepEqual(idsOf(await cluster.health()), ids)
  t.is(await cluster.sh(cluster.leader(1), 'readlink -f /var/run/mesos'), '/var/lib/mesos')
})

// Another node under the name, and a seat that is missing.
const stray = `curl -sfX PUT localhost:8500/v1/catalog/register -d '{"Node": "stray", "Address": "192.0.2.1", "NodeMeta": {"external-node": "true"}, "Service": {"Service": "zookeeper", "Address": "192.0.2.1"}}'`
const withoutStray = `curl -sfX PUT localhost:8500/v1/catalog/deregister -d '{"Node": "stray"}'`
const withoutSeat = (node: string) =>
  `curl -sfX PUT localhost:8500/v1/catalog/deregister -d '{"Node": "${node}", "ServiceID": "zookeeper"}'`
const inCatalog = 'curl -s localhost:8500/v1/catalog/service/zookeeper | jq length'

test('nothing restarts if another node registers under the name of ZooKeeper, or a seat is missing there', async t => {
  const node = cluster.leader(1)
  const before = await cluster.restarts()
  const names = alwaysThreeAddresses(cluster.follower(1))
  await cluster.sh(node, stray)
  await until('Consul has four entries', 30, async () => (await cluster.sh(node, inCatalog)) === '4')
  await sleep(2_000)
  await cluster.sh(node, withoutStray)
  await cluster.sh(node, withoutSeat(node))
  await until('Consul has two entries', 30, async () => (await cluster.sh(node, inCatalog)) === '2')
  await sleep(2_000)
  await cluster.sh(node, 'systemctl restart mesos-bakery-seat')
  await until('Consul has three entries', 30, async () => (await cluster.sh(node, inCatalog)) === '3')
  t.deepEqual(await names.end(), [])
  await well()
  t.deepEqual(await cluster.restarts(), before)
})

test('without the constant number of addresses, masters would abort when one returns', async t => {
  const node = cluster.leader(1)
  const addresses = 'getent ahostsv4 zookeeper.service.consul | cut -d" " -f1 | sort -u | wc -l'
  const before = await cluster.restarts()
  const leaders = [1, 2, 3].map(cluster.leader)
  for (const name of leaders)
    await cluster.sh(name, 'systemctl stop mesos-bakery-names && systemctl reload dnsmasq')
  await cluster.sh(node, withoutSeat(node))
  for (const name of leaders)
    await until('the name has two addresses', 30, async () => (await cluster.sh(name, addresses)) === '2')
  await sleep(2_000)
  await cluster.sh(node, 'systemctl restart mesos-bakery-seat')
  await until('a master has died of it', 60, async () => {
    const now = await cluster.restarts()
    return Object.keys(now).some(key => key.endsWith('mesos-master') && (now[key] ?? 0) > (before[key] ?? 0))
  })
  for (const name of leaders) await cluster.sh(name, 'systemctl start mesos-bakery-names')
  await well()
  t.pass()
})

test('destroy prints what the README shows, and leaves nothing behind', async t => {
  await printsWhatReadmeShows(t, destroy)
  t.deepEqual(others, [])
  const filter = `label=mesos-bakery.cluster=${cluster.name}`
  t.is(await podman('ps', '--all', '--quiet', '--filter', filter), '')
  t.is(await podman('network', 'ls', '--quiet', '--filter', filter), '')
  t.is(await podman('volume', 'ls', '--quiet', '--filter', filter), '')
})

anyTest.after.always(() => cluster?.remove())

async function printsWhatReadmeShows(t: ExecutionContext, command: Shown | undefined): Promise<void> {
  const { code, stderr, printed, shown } = await runAsShown(
    command ?? { command: 'false', output: '' },
    cluster,
  )
  t.is(code, 0, stderr)
  t.deepEqual(printed, shown)
}

/** Sends a request to a master directly, because the measured time is short. */
async function claimsToLead(address: string): Promise<boolean> {
  const metrics = await fetch(`http://${address}:5050/metrics/snapshot`, {
    signal: AbortSignal.timeout(2_000),
  })
  return ((await metrics.json()) as Record<string, number>)['master/elected'] === 1
}

/** Waits until every gate is green, for up to two minutes. */
async function well(): Promise<void> {
  await until('the cluster is well', 120, async () => (await cluster.health()).up)
}

async function machines() {
  return (await cluster.health()).nodes.map(({ name, machine }) => [name, machine])
}

async function noRestarts(t: ExecutionContext): Promise<void> {
  const restarts = await cluster.restarts()
  t.deepEqual(
    Object.entries(restarts).filter(([, count]) => count > 0),
    [],
  )
}

async function healthOfThree(): Promise<Health> {
  return JSON.parse((await cluster.run('status', '--json', '--followers', '3')).stdout).health
}

/** The restart counters of the existing nodes, except for those that were replaced or restarted. */
async function sameNodes(before: Readonly<Record<string, number>>, except: readonly string[] = []) {
  const now = await cluster.restarts()
  const entries = Object.keys(before).map(key => [key, now[key]] as const)
  return Object.fromEntries(entries.filter(([key]) => !except.some(node => key.startsWith(`${node} `))))
}

function withoutNode(restarts: Readonly<Record<string, number>>, node: string) {
  return Object.fromEntries(Object.entries(restarts).filter(([key]) => !key.startsWith(`${node} `)))
}

function idsOf({ nodes }: Health) {
  return nodes.flatMap(({ name, report }) => (report?.agent ? [[name, report.agent.id]] : []))
}

/** Checks continuously whether the name of ZooKeeper has three addresses. Reports the other numbers that were seen. */
function alwaysThreeAddresses(node: string) {
  const script = `while :; do getent ahostsv4 zookeeper.service.consul | cut -d' ' -f1 | sort -u | wc -l; sleep 0.2; done`
  const child = spawn('podman', ['exec', node, 'timeout', '120', 'bash', '-c', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const output = text(child.stdout)
  return {
    async end() {
      child.kill()
      return [...new Set((await output).trim().split('\n'))].filter(line => line !== '3')
    },
  }
}
