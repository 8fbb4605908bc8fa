import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { unless } from '../harness/programs.ts'
import { leaderOf, startMasters } from './cluster.ts'
import { type Double, startAgent, startMaster, temporaryFolder } from './double.ts'
import { until } from './until.ts'
import { readNode } from './znodes.ts'
import { startZooKeeper, type ZooKeeper, zooKeeperMissing } from './zookeeper.ts'

// The files in fixtures/ are responses of a real Mesos 1.11.0.
const test = unless(zooKeeperMissing(), anyTest as TestFn)
let zooKeeper: ZooKeeper

anyTest.before(async () => {
  if (!zooKeeperMissing()) zooKeeper = await startZooKeeper()
})
anyTest.after.always(() => zooKeeper?.remove())

test('responses and znodes have the fields of the real ones, with their types', async t => {
  const zk = `${zooKeeper.address}:2181/shape`
  const args = ['--quorum=1', '--cluster=cluster1', `--log_dir=${await temporaryFolder(t)}`]
  const master = startMaster(t, { zk, args, workDir: await temporaryFolder(t) })
  const logs = `--log_dir=${await temporaryFolder(t)}`
  const workDir = await temporaryFolder(t)
  const first = startAgent(t, { zk, args: [logs], workDir })
  await until('the agent registers', async () => (await first.metric('slave/registered')) === 1)
  await first.kill('SIGKILL')
  // As in the recording, the agent was registered before.
  const agent = startAgent(t, { zk, args: [logs], workDir, address: first.address })
  await until('it registers again', async () => (await agent.metric('slave/registered')) === 1)

  for (const [daemon, path, file] of [
    [master, '/version', 'master-version'],
    [master, '/state', 'master-state'],
    [master, '/metrics/snapshot', 'master-metrics-snapshot'],
    [agent, '/slave(1)/state', 'agent-state'],
    [agent, '/metrics/snapshot', 'agent-metrics-snapshot'],
  ] as const) {
    t.deepEqual(shape(without(await json(daemon, path), 'flags')), shape(fixture(file)), `${path} is ${file}`)
  }
  t.deepEqual(
    shape(JSON.parse(readNode(zooKeeper.address, '/shape/mesos/json.info_'))),
    shape(fixture('znode')),
  )
  t.is(readNode(zooKeeper.address, '/shape/mesos/log_replicas/'), `log-replica(1)@${master.address}:5050`)
})

test('flags are shown in the format of the real daemons', async t => {
  const real = fixture('master-flags') as { flags: Record<string, string> }
  const zk = `${zooKeeper.address}:2181/flags`
  const own = ['ip', 'log_dir', 'webui_dir', 'work_dir', 'zk', 'zk_session_timeout']
  const args = [`--log_dir=${await temporaryFolder(t)}`, '--quorum=2', `--hostname=${real.flags.hostname}`]
  // The environment sets flags, but the command line takes precedence.
  const env = { MESOS_CLUSTER: 'cluster1', MESOS_quorum: '7', MESOS_UNKNOWN: 'x' }
  const master = startMaster(t, { zk, args, env, workDir: await temporaryFolder(t) })
  await until('it answers', async () => (await master.get('/health')).status === 200)
  t.deepEqual(without(flagsOf(await json(master, '/flags')), ...own), without(real.flags, ...own))

  const realAgent = fixture('agent-flags') as { flags: Record<string, string> }
  const ownToAgent = [...own, 'hostname', 'launcher_dir', 'master', 'runtime_dir']
  const agentArgs = [`--log_dir=${await temporaryFolder(t)}`, '--hostname=here']
  const agent = startAgent(t, { zk, args: agentArgs, workDir: await temporaryFolder(t) })
  await until('the agent answers', async () => (await agent.get('/health')).status === 200)
  const shown = without(flagsOf(await json(agent, '/flags')), ...ownToAgent)
  t.deepEqual(without(shown, ...unlikeTheRealBuild), without(realAgent.flags, ...ownToAgent))
})

test('ZooKeeper credentials are read from a file, are used, and are never shown', async t => {
  const folder = await temporaryFolder(t)
  const url = (name: string, user: string) => {
    writeFileSync(join(folder, name), `zk://${user}:secret@${zooKeeper.address}:2181/guarded\n`)
    return `file://${join(folder, name)}`
  }
  const zk = url('zk', 'mesos')
  const start = (workDir: string, file: string) => {
    const how = { workDir: join(folder, workDir), args: ['--quorum=1'], env: { MESOS_ZK: file } }
    return startMaster(t, { zk: '', ...how })
  }
  const master = start('master', zk)
  const agent = startAgent(t, { zk: '', workDir: join(folder, 'agent'), env: { MESOS_MASTER: zk } })
  await until('the agent registers', async () => (await agent.metric('slave/registered')) === 1)
  t.like(await json(master, '/flags'), { flags: { zk } })
  t.like(await json(agent, '/flags'), { flags: { master: zk } })
  t.notRegex(JSON.stringify(await json(master, '/state')) + master.log() + agent.log(), /secret/)

  const other = start('stranger', url('other', 'else'))
  t.is((await other.ended()).code, 1)
  t.regex(other.log(), /ZooKeeper refused what was asked/)
})

test('masters that do not lead redirect to the leader, and answer what every master answers', async t => {
  const { all } = await startMasters(t, `${zooKeeper.address}:2181/redirects`)
  const leader = await leaderOf(all)
  const to = `//${leader.address}:5050`
  for (const master of all) {
    const seen = async (path: string) => {
      const { status, headers } = await master.get(path)
      return [status, headers.get('location')]
    }
    t.deepEqual(await seen('/redirect'), [307, to])
    t.deepEqual(await seen('/master/redirect'), [307, to])
    t.deepEqual(await seen('/health'), [200, null])
    t.deepEqual(await seen('/master/health'), [200, null])
    t.deepEqual(await seen('/nothing'), [404, null])
    const leads = master === leader
    t.deepEqual(await seen('/state'), leads ? [200, null] : [307, `${to}/master/state`])
    t.deepEqual(await seen('/slaves?a=b'), leads ? [200, null] : [307, `${to}/master/slaves?a=b`])
  }
})

test('an agent is drained and reactivated; an agent that is marked gone cannot return', async t => {
  const zk = `${zooKeeper.address}:2181/drain`
  const master = startMaster(t, { zk, args: ['--quorum=1'], workDir: await temporaryFolder(t) })
  const agent = startAgent(t, { zk, workDir: await temporaryFolder(t) })
  await until('the agent registers', async () => (await agent.metric('slave/registered')) === 1)
  const { id } = (await json(agent, '/state')) as { id: string }
  const call = async (type: string, more = {}) => {
    const body = JSON.stringify({ type, [type.toLowerCase()]: { agent_id: { value: id }, ...more } })
    return (await fetch(`http://${master.address}:5050/api/v1`, { method: 'POST', body })).status
  }
  t.is(await call('DRAIN_AGENT', { max_grace_period: { nanoseconds: 1 } }), 200)
  t.is(await master.metric('master/slaves_active'), 0)
  await until('it is drained', async () => {
    const { slaves } = (await json(master, '/slaves')) as { slaves: { drain_info?: { state: string } }[] }
    return slaves[0]?.drain_info?.state === 'DRAINED'
  })
  t.like(await json(master, '/slaves'), { slaves: [{ deactivated: true }] })
  t.is(await call('REACTIVATE_AGENT'), 200)
  t.is(await master.metric('master/slaves_active'), 1)
  t.is(await call('MARK_AGENT_GONE'), 200)
  t.deepEqual(await agent.ended(), { code: 0, signal: null })
  t.is(await call('REACTIVATE_AGENT'), 404)
})

/** Flags of components that the recorded build does not contain. */
const unlikeTheRealBuild = ['authenticate_http_executors']

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'))
}

async function json(daemon: Double, path: string): Promise<unknown> {
  return (await daemon.get(path)).json()
}

function flagsOf(answer: unknown): unknown {
  return (answer as { flags: unknown }).flags
}

function without(value: unknown, ...names: readonly string[]): unknown {
  return Object.fromEntries(Object.entries(value as object).filter(([name]) => !names.includes(name)))
}

/** Replaces values with the names of their types; a list is represented by its first item. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shape(item)]))
}
