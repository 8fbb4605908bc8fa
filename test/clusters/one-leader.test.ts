import anyTest, { type TestFn } from 'ava'
import { bakedMissing } from '../harness/baked.ts'
import { type LocalCluster, localCluster } from '../harness/local-cluster.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)

/** The original variables, each with a different value. The eleventh, the mode, is in another test. */
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

test('a single leader forms a cluster, with every variable changed', async t => {
  cluster = await localCluster({ leaders: 1, followers: 1, vars })
  const { code, stderr } = await cluster.run('launch', '--yes')
  t.is(code, 0, stderr)
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
  t.regex(await cluster.sh(node, 'ls /var/lib/elsewhere'), /replicated_log/)
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

test('the only leader is not replaced, because its state would be lost', async t => {
  const { code, stderr } = await cluster.run('replace', '--node', cluster.leader(1), '--yes')
  t.is(code, 1)
  t.regex(stderr, /is the only leader, so its state would be lost/)
})

anyTest.after.always(() => cluster?.remove())

/** The command line of the main process of a unit. */
function command(node: string, unit: string): Promise<string> {
  return cluster.sh(node, `tr '\\0' ' ' </proc/$(systemctl show --property=MainPID --value ${unit})/cmdline`)
}

/** The names of the children of a znode, from the client of the double. */
function znodes(node: string, path: string): Promise<string> {
  const client = `import sys; sys.path[:0] = ['/usr/share/mesos-double']
from mesos_double.zookeeper import Session
session = Session(10); session.connect(('127.0.0.1', 2191), 5); print(session.children('${path}'))`
  return cluster.sh(node, `python3 -c "${client}"`)
}
