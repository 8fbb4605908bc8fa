import { once } from 'node:events'
import { createServer } from 'node:net'
import anyTest, { type TestFn } from 'ava'
import { bakedMissing } from '../harness/baked.ts'
import { type LocalCluster, localCluster, until } from '../harness/local-cluster.ts'
import { podman, tryPodman } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)
let cluster: LocalCluster

test('a cluster that does not become healthy is reported with the node, the unit and the reason', async t => {
  cluster = await localCluster({
    leaders: 3,
    followers: 1,
    seats: {
      1: { vars: { mesos_leader_options: { weights: 'file:///nowhere' } } },
      2: { vars: { zookeeper_data_dir: '/var/lib/shells.state/nowhere' } },
      3: { vars: { mesos_leader_cmd: '/bin/false' } },
    },
  })
  const { code, stdout, stderr } = await cluster.run('launch', '--yes', '--timeout', '60s')
  t.is(code, 1)
  t.is(stdout, '')
  const said = stderr.slice(stderr.indexOf('error:'))
  t.regex(said, /^error: the cluster is not healthy:/)
  t.regex(said, new RegExp(`${cluster.leader(1)}, mesos-master.service: does not answer /health.*\n.*`))
  t.regex(said, /weights.*\/nowhere/)
  t.regex(said, new RegExp(`${cluster.leader(2)}, zookeeper.service: does not serve requests`))
  t.regex(said, /shells\.state/)
  t.regex(said, new RegExp(`${cluster.leader(3)}, mesos-master.service: does not answer /health.*`))
  t.regex(said, /Nothing was rolled back; run the same command again to keep waiting\.\n$/)
})

test('status shows a machine that has stopped', async t => {
  await tryPodman('exec', cluster.leader(1), 'systemctl', 'poweroff')
  await until('it is shown as stopped', 60, async () => {
    const { stdout } = await cluster.run('status')
    return new RegExp(`${cluster.leader(1)} +[0-9a-f]{12} +stopped`).test(stdout)
  })
  t.pass()
})

test('a port that another program has taken is reported, with the solution', async t => {
  const ports = await podman('inspect', '--format', '{{json .HostConfig.PortBindings}}', cluster.leader(1))
  const [, port] = /"HostPort":"(\d+)"/.exec(ports) ?? []
  const server = createServer().listen(Number(port), '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { code, stderr } = await cluster.run('launch', '--yes', '--timeout', '10s')
  t.is(code, 1)
  t.regex(stderr, /a port that the container publishes is in use by another program/)
})

test("a name that is somebody else's is never touched", async t => {
  const other = await localCluster({ leaders: 1 })
  const image = await podman('inspect', '--format', '{{.ImageName}}', cluster.leader(2))
  await podman('create', '--name', other.leader(1), '--ulimit', 'nofile=1024:1024', image)
  t.teardown(() => tryPodman('rm', '--force', other.leader(1)).then(other.remove))
  const { code, stderr } = await other.run('launch', '--yes')
  t.is(code, 1)
  t.regex(stderr, new RegExp(`error: ${other.leader(1)}: already exists without the label`))
  t.is((await other.run('destroy', '--yes')).code, 0)
  t.is(await podman('inspect', '--format', '{{.Name}}', other.leader(1)), other.leader(1))
})

anyTest.after.always(() => cluster?.remove())
