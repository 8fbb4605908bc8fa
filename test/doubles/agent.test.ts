import { existsSync } from 'node:fs'
import { mkdir, readlink, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { unless } from '../harness/programs.ts'
import { type Double, startAgent, startDouble, startMaster, temporaryFolder } from './double.ts'
import { freshAddress } from './loopback.ts'
import { until } from './until.ts'
import { startZooKeeper, type ZooKeeper, zooKeeperMissing } from './zookeeper.ts'

const test = unless(zooKeeperMissing(), anyTest as TestFn)
let zooKeeper: ZooKeeper

anyTest.before(async () => {
  if (!zooKeeperMissing()) zooKeeper = await startZooKeeper()
})
anyTest.after.always(() => zooKeeper?.remove())

interface Pair {
  readonly zk: string
  readonly master: Double
}

async function lonelyMaster(t: ExecutionContext, name: string): Promise<Pair> {
  const zk = `${zooKeeper.address}:2181/${name}`
  return { zk, master: startMaster(t, { zk, args: ['--quorum=1'], workDir: await temporaryFolder(t) }) }
}

async function registered(agent: Double): Promise<string> {
  await until('the agent registers', async () => (await agent.metric('slave/registered')) === 1)
  return ((await (await agent.get('/state')).json()) as { id: string }).id
}

test('an agent with changed properties keeps its ID only as far as the policy allows', async t => {
  const { zk } = await lonelyMaster(t, 'policy')
  const workDir = await temporaryFolder(t)
  const address = freshAddress()
  const again = (...args: string[]) => startAgent(t, { zk, workDir, address, args })
  const first = again('--resources=cpus:2;mem:512')
  const id = await registered(first)
  t.is(basename(await readlink(join(workDir, 'meta/slaves/latest'))), id)
  await first.kill('SIGTERM')

  const renamed = again('--resources=cpus:2;mem:512', '--hostname=other')
  t.is((await renamed.ended()).code, 1)
  t.regex(renamed.log(), /Failed to perform recovery: Incompatible agent info detected/)
  t.true(renamed.log().includes(`rm -f ${workDir}/meta/slaves/latest`))
  const grown = ['--resources=cpus:4;mem:512', '--attributes=rack:r1']
  t.is((await again(...grown).ended()).code, 1)
  const additive = again(...grown, '--reconfiguration_policy=additive')
  t.is(await registered(additive), id)
  await additive.kill('SIGTERM')
  const shrunk = again(
    '--resources=cpus:1;mem:512',
    '--attributes=rack:r1',
    '--reconfiguration_policy=additive',
  )
  t.is((await shrunk.ended()).code, 1)

  await rm(join(workDir, 'meta/slaves/latest'))
  t.not(await registered(again('--resources=cpus:1;mem:512')), id)
})

test('after a reboot, an agent with changed properties gets a new ID', async t => {
  const { zk } = await lonelyMaster(t, 'reboot')
  const workDir = await temporaryFolder(t)
  const address = freshAddress()
  const first = startAgent(t, { zk, workDir, address })
  const id = await registered(first)
  await first.kill('SIGKILL')
  await writeFile(join(workDir, 'meta/boot_id'), 'another')
  const same = startAgent(t, { zk, workDir, address })
  t.is(await registered(same), id)
  await same.kill('SIGKILL')
  await writeFile(join(workDir, 'meta/boot_id'), 'another')
  t.not(await registered(startAgent(t, { zk, workDir, address, args: ['--hostname=other'] })), id)
})

test('SIGUSR1 removes an agent from the cluster', async t => {
  const { zk, master } = await lonelyMaster(t, 'leave')
  const workDir = await temporaryFolder(t)
  const agent = startAgent(t, { zk, workDir })
  await registered(agent)
  t.deepEqual(await agent.kill('SIGUSR1'), { code: 0, signal: null })
  t.is(await master.metric('master/slaves_connected'), 0)
  t.is(await master.metric('master/slaves_disconnected'), 0)
  t.false(existsSync(join(workDir, 'meta/slaves/latest')))
})

test('an agent that cannot be reached does not register, and one that stops reporting becomes unreachable', async t => {
  const zk = `${zooKeeper.address}:2181/silent`
  const args = ['--quorum=1', '--agent_ping_timeout=1secs', '--max_agent_ping_timeouts=3']
  const master = startMaster(t, { zk, args, workDir: await temporaryFolder(t) })
  // As if the host name of the machine resolved to a loopback address.
  const lost = startAgent(t, { zk, args: ['--advertise_ip=127.255.0.1'], workDir: await temporaryFolder(t) })
  const agent = startAgent(t, { zk, workDir: await temporaryFolder(t) })
  await registered(agent)
  t.is(await lost.metric('slave/registered'), 0)
  await agent.kill('SIGKILL')
  await until('it is given up', async () => (await master.metric('master/slaves_unreachable')) === 1)
  t.is(await master.metric('master/slaves_connected'), 0)
})

test('an agent may name its master, and reports errors in its flags', async t => {
  const { master } = await lonelyMaster(t, 'fixed')
  const run = async (...args: string[]) => {
    const address = freshAddress()
    const workDir = await temporaryFolder(t)
    const always = [
      `--ip=${address}`,
      `--work_dir=${workDir}`,
      '--no-hostname_lookup',
      `--runtime_dir=${workDir}`,
    ]
    const cgroups = ['--launcher=posix', '--no-systemd_enable_support']
    const given = [
      ...always,
      `--master=${master.address}:5050`,
      ...cgroups.slice(0, args.includes('linux') ? 0 : 2),
    ]
    return startDouble(t, { program: 'mesos-agent', port: 5051, address, args: [...given, ...args] })
  }
  t.truthy(await registered(await run()))
  for (const [arg, said] of [
    ['--resources=cpus', /Bad value for resources/],
    ['--attributes=rack', /Invalid attribute key:value pair 'rack'/],
    ['--isolation=cgroups/cpu', /requires the 'linux' launcher/],
  ] as const) {
    const agent = await run(arg)
    t.is((await agent.ended()).code, 1)
    t.regex(agent.log(), said)
  }
})

test('the linux launcher requires a freezer of cgroup version 1', async t => {
  const folder = await temporaryFolder(t)
  const launch = (hierarchy: string) =>
    startDouble(t, {
      program: 'mesos-agent',
      port: 5051,
      args: [
        ...[
          '--master=127.0.0.1:1',
          `--work_dir=${folder}/work`,
          `--runtime_dir=${folder}/run`,
          '--ip=127.0.0.1',
        ],
        ...['--no-hostname_lookup', '--no-systemd_enable_support', '--launcher=linux', '--port=0'],
        `--cgroups_hierarchy=${hierarchy}`,
      ],
    })
  const without = launch(join(folder, 'v2'))
  t.is((await without.ended()).code, 1)
  t.regex(without.log(), /Failed to mount cgroups hierarchy at '.*\/v2\/freezer': Operation not permitted/)
  await mkdir(join(folder, 'v1/freezer'), { recursive: true })
  await writeFile(join(folder, 'v1/freezer/cgroup.procs'), '')
  const agent = launch(join(folder, 'v1'))
  await until('it starts', () => agent.log().includes('Agent started on'))
  t.true(existsSync(join(folder, 'v1/freezer/mesos')))
})
