import anyTest, { type TestFn } from 'ava'
import { readConsole } from '../../scripts/health/console.ts'
import { parseReport, type Report } from '../../scripts/health/report.ts'
import { bakedMissing } from '../harness/baked.ts'
import { type LocalCluster, localCluster, until } from '../harness/local-cluster.ts'
import { podman, tryPodman } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)

/** The original variables, each with a value that is not its default. The eleventh, the mode, is `mixed`. */
const vars = {
  mesos_log_dir: '/var/log/other',
  mesos_work_dir: '/var/lib/elsewhere',
  mesos_leader_port: 6050,
  mesos_follower_port: 6051,
  mesos_leader_cmd: '/usr/sbin/mesos-master',
  mesos_follower_cmd: 'mesos-agent',
  mesos_cluster: 'Other cluster',
  mesos_zk_dns: 'ensemble.service.consul',
  mesos_zk_port: 2191,
  mesos_zk_chroot: 'other/place',
}

let cluster: LocalCluster
let consoleBefore: { readonly ticks: number; readonly seconds: number }

test('a single mixed machine is a complete cluster, with every variable changed', async t => {
  cluster = await localCluster({ leaders: 1, followers: 1, mode: 'mixed', vars })
  const { code, stderr, stdout } = await cluster.run('launch', '--followers', '0', '--yes')
  t.is(code, 0, stderr)
  t.regex(stdout, /elected, registered/)
  t.regex(stdout, /✓ followers +1 of 1 registered/)
  t.regex(await cluster.sh(cluster.leader(1), 'ls /var/lib/elsewhere'), /^meta$[\s\S]*^replicated_log$/m)
  consoleBefore = await consoleUse()
})

test('a follower joins it', async t => {
  const { code, stderr, stdout } = await cluster.run('launch', '--yes')
  t.is(code, 0, stderr)
  t.regex(stdout, /✓ followers +2 of 2 registered/)
  t.true(Object.values(await cluster.restarts()).every(count => count === 0))
})

test('each variable is effective in the running master', async t => {
  const node = cluster.leader(1)
  const master = async (path: string) =>
    JSON.parse(await cluster.sh(node, `curl -sfL http://$(hostname -I | cut -d" " -f1):6050${path}`))
  const { flags } = await master('/flags')
  t.like(flags, {
    log_dir: '/var/log/other',
    work_dir: '/var/lib/elsewhere',
    port: '6050',
    cluster: 'Other cluster',
    zk: 'zk://ensemble.service.consul:2191/other/place',
    quorum: '1',
  })
  t.is((await master('/state')).cluster, 'Other cluster')
  t.regex(await cluster.sh(node, 'ls /var/log/other'), /mesos-master/)
  t.regex(await command(node, 'mesos-master'), /\/usr\/sbin\/mesos-master/)
  t.regex(await znodes(node, '/other/place'), /json\.info_\d{10}/)
  t.regex(await cluster.sh(node, 'getent ahostsv4 ensemble.service.consul'), /^10\./)
})

test('each variable is effective in the running agent', async t => {
  const node = cluster.follower(1)
  const url = 'http://$(hostname -I | cut -d" " -f1):6051'
  const { flags } = JSON.parse(await cluster.sh(node, `curl -sf ${url}/flags`))
  t.like(flags, {
    log_dir: '/var/log/other',
    work_dir: '/var/lib/elsewhere',
    port: '6051',
    master: 'zk://ensemble.service.consul:2191/other/place',
  })
  t.regex(await cluster.sh(node, 'ls /var/lib/elsewhere'), /meta/)
  t.regex(await command(node, 'mesos-agent'), /mesos-agent/)
})

test('the console of each node has the report of the node, with its host key', async t => {
  for (const node of [cluster.leader(1), cluster.follower(1)]) {
    const own = parseReport(await cluster.sh(node, '/usr/lib/mesos-bakery/report'))
    const key = await cluster.sh(node, 'cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub')
    const { answer } = await until(`${node} is healthy on its console`, 30, async () => {
      const { report } = readConsole(await podman('logs', node)) ?? {}
      return report?.cloud_init.status === 'done' && report.units.length === 0 && report
    })
    t.deepEqual(partsOf(answer), partsOf(own))
    t.is(answer.host_keys?.[0] ?? '', key)
    t.deepEqual(answer.logs, {})
  }
})

test('the console names a unit that fails within 5 s, with its log', async t => {
  const node = cluster.follower(1)
  const before = readConsole(await podman('logs', node))
  await cluster.sh(node, 'systemctl kill --signal=KILL mesos-agent')
  const { answer } = await until('the agent restarts', 5, async () => {
    const now = readConsole(await podman('logs', node))
    return now?.report?.logs?.['mesos-agent.service'] && now
  })
  t.is(answer.boot, before?.boot ?? '')
  t.true(answer.sequence > (before?.sequence ?? 0))
  t.is(answer.report?.units[0]?.name, 'mesos-agent.service')
  t.regex(answer.report?.logs?.['mesos-agent.service']?.join('\n') ?? '', /status=9\/KILL/)
})

test('the only leader is not replaced, because its state would be lost', async t => {
  const { code, stderr } = await cluster.run('replace', '--node', cluster.leader(1), '--yes')
  t.is(code, 1)
  t.regex(stderr, /is the only leader, so its state would be lost/)
})

test('a follower that leaves a pool is drained first, and its tasks run elsewhere afterwards', async t => {
  const { code: grown, stderr: why } = await cluster.run('launch', '--followers', '2', '--yes')
  t.is(grown, 0, why)
  await cluster.runTasks({ count: 6, stops_after: 6, grace: 60 })
  const addresses = new Map((await cluster.health()).nodes.map(({ name, address }) => [name, address ?? '']))
  const before = await cluster.tasks()
  t.true((before.get(addresses.get(cluster.follower(2)) ?? '') ?? 0) > 0, JSON.stringify([...before]))
  const began = Date.now()
  const { code, stderr } = await cluster.run('launch', '--followers', '1', '--yes')
  const seconds = (Date.now() - began) / 1_000
  t.is(code, 0, stderr)
  t.log(`launch took ${seconds.toFixed(1)} s, with tasks that take 6 s to stop`)
  t.true(seconds > 6)
  // Without a drain, the master would wait more than a minute for the agent.
  const kept = [cluster.leader(1), cluster.follower(1)].map(name => addresses.get(name) ?? '')
  t.deepEqual([...(await cluster.tasks()).keys()].sort(), kept.sort())
  const { answer } = await until('the tasks run elsewhere', 30, async () => {
    const now = [...(await cluster.tasks()).values()]
    return now[0] === 3 && now[1] === 3 && now
  })
  t.deepEqual(answer, [3, 3])
})

test('the unit of an agent that was told that it is gone stays down, and replace starts a new agent', async t => {
  const node = cluster.follower(1)
  const address = (await cluster.health()).nodes.find(({ name }) => name === node)?.address
  const drain = `/usr/lib/mesos-bakery/drain ${address} --grace 1 --timeout 60`
  t.regex(await cluster.sh(cluster.leader(1), drain), /draining agent \S+: its tasks have 1 s to stop/)
  const state = 'systemctl show --property=ActiveState,SubState --value mesos-agent.service | xargs'
  await until('the agent ends', 30, async () => (await cluster.sh(node, state)) === 'inactive dead')
  t.regex(await cluster.sh(cluster.leader(1), drain), /^\S+: the master has no agent there$/)
  const { code, stderr } = await cluster.run('replace', '--node', node, '--followers', '1', '--yes')
  t.is(code, 0, stderr)
  t.is((await cluster.tasks()).size, 2)
})

test('the report on the console takes less than 1 % of a processor core', async t => {
  const now = await consoleUse()
  // In its first 10 minutes, it checks the node every 2 s, and later every 5 s.
  const percent = ((now.ticks - consoleBefore.ticks) / (now.seconds - consoleBefore.seconds)) * (2 / 5)
  t.log(`${percent.toFixed(2)} % over ${(now.seconds - consoleBefore.seconds).toFixed(0)} s`)
  t.true(percent < 1)
})

test('the state of ZooKeeper is saved and restored', async t => {
  const node = cluster.leader(1)
  const file = `${cluster.inventory}.tar`
  await inZookeeper(node, "session.create('/kept', b'app')")
  const saved = await cluster.run('backup', '--out', file)
  t.is(saved.code, 0, saved.stderr)
  await inZookeeper(node, "session.create('/later', b'')")
  const { code, stderr } = await cluster.run('restore', '--in', file, '--yes')
  t.is(code, 0, stderr)
  t.regex(stderr, new RegExp(`The backup is of ${cluster.name}, from ${node} at 20`))
  t.regex(await znodes(node, '/'), /'kept'/)
  t.notRegex(await znodes(node, '/'), /'later'/)
  t.like(await cluster.run('restore', '--in', cluster.inventory, '--yes'), { code: 1 })
})

test('a leader is restarted with other user data, and keeps its disk', async t => {
  const node = cluster.leader(1)
  const kept = () =>
    cluster.sh(
      node,
      `cat /etc/machine-id /etc/ssh/ssh_host_*_key.pub /var/lib/cloud/data/instance-id
      stat --format %W /var/lib/zookeeper /var/lib/elsewhere`,
    )
  const before = await kept()
  const changed = ['--set', 'zookeeper_tick_ms=2500', '--set', 'marathon_enabled=false']
  const restart = () => cluster.run('replace', '--node', node, '--keep-disk', '--yes', ...changed)
  const { code, stderr } = await restart()
  t.is(code, 0, stderr)
  t.is(await kept(), before)
  t.regex(await cluster.sh(node, 'cat /etc/zookeeper/conf/zoo.cfg'), /^tickTime=2500$/m)
  // What the former user data wrote and enabled is gone.
  t.is(
    await cluster
      .sh(node, 'ls /etc/mesos-bakery/marathon.env 2>&1; systemctl is-active marathon; true')
      .then(lines => lines.split('\n').at(-1)),
    'inactive',
  )
  const own = Object.entries(await cluster.restarts()).filter(([unit]) => unit.startsWith(`${node} `))
  t.deepEqual(
    own.filter(([, count]) => count > 0),
    [],
  )
  t.regex((await restart()).stderr, /has the settings of the inventory already/)
})

test('cloud-init does not repeat what it has applied', async t => {
  const node = cluster.leader(1)
  const written = () => cluster.sh(node, 'stat --format %Y /etc/zookeeper/conf/zoo.cfg')
  const before = await written()
  await podman('restart', '--time', '60', node)
  await until('the node is up again', 60, async () => {
    const status = await tryPodman('exec', node, 'cloud-init', 'status', '--wait')
    return status.code === 0
  })
  t.is(await written(), before)
})

anyTest.after.always(() => cluster?.remove())

/**
 * The processor time that the program `console` of the leader and the processes that it started have used, in hundredths
 * of a second (proc(5), fields 14 to 17), and when.
 */
async function consoleUse(): Promise<{ readonly ticks: number; readonly seconds: number }> {
  const used = `pid=$(systemctl show --property=MainPID --value mesos-bakery-console)
    awk '{ print $14 + $15 + $16 + $17 }' /proc/$pid/stat`
  return { ticks: Number(await cluster.sh(cluster.leader(1), used)), seconds: Date.now() / 1_000 }
}

/** What the health checks require, without the units, of which the console has only some. */
function partsOf(report: Report | undefined) {
  const { cloud_init, consul, zookeeper, master, agent, marathon } = report ?? {}
  return { cloud_init, consul, zookeeper, master, agent, marathon }
}

/** The command line of the main process of a unit. */
function command(node: string, unit: string): Promise<string> {
  return cluster.sh(node, `tr '\\0' ' ' </proc/$(systemctl show --property=MainPID --value ${unit})/cmdline`)
}

/** The names of the children of a znode, from the client of the double. */
function znodes(node: string, path: string): Promise<string> {
  return inZookeeper(node, `print(session.children('${path}'))`)
}

/** Runs Python with a session of the client of the double. */
function inZookeeper(node: string, code: string): Promise<string> {
  const client = `import sys; sys.path[:0] = ['/usr/share/mesos-double']
from mesos_double.zookeeper import Session
session = Session(10); session.connect(('127.0.0.1', 2191), 5); ${code}`
  return cluster.sh(node, `python3 -c "${client}"`)
}
