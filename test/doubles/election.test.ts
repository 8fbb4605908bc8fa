import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import anyTest, { type TestFn } from 'ava'
import { unless } from '../harness/programs.ts'
import { leaderOf, redirect, startMasters } from './cluster.ts'
import { type Double, startAgent, startMaster, temporaryFolder } from './double.ts'
import { until } from './until.ts'
import { startZooKeeper, type ZooKeeper, zooKeeperMissing } from './zookeeper.ts'

const test = unless(zooKeeperMissing(), anyTest as TestFn)
let zooKeeper: ZooKeeper

anyTest.before(async () => {
  if (!zooKeeperMissing()) zooKeeper = await startZooKeeper()
})
anyTest.after.always(() => zooKeeper?.remove())

/** Gives each test its own path in ZooKeeper. */
let places = 0
function place(): string {
  places += 1
  return `${zooKeeper.address}:2181/test-${places}`
}

test('three masters elect one; an agent registers, and keeps its ID after a failover and a restart', async t => {
  const { zk, all } = await startMasters(t, place())
  const workDir = await temporaryFolder(t)
  const agent = startAgent(t, { zk, workDir, args: ['--attributes=rack:r1'] })
  const leader = await leaderOf(all)
  await until('the agent registers', async () => (await leader.metric('master/slaves_active')) === 1)
  t.deepEqual(await Promise.all(all.map(master => master.metric('master/elected'))).then(sorted), [0, 0, 1])
  const state = (await (await leader.get('/state')).json()) as State
  t.like(state.slaves[0], { hostname: agent.address, active: true, attributes: { rack: 'r1' } })
  t.is(await agent.metric('slave/registered'), 1)

  t.deepEqual(await leader.kill('SIGTERM'), { code: null, signal: 'SIGTERM' })
  const rest = all.filter(master => master !== leader)
  const next = await leaderOf(rest)
  await until('the agent comes back', async () => (await next.metric('master/slaves_active')) === 1)
  await agent.kill('SIGKILL')
  await until('it is missed', async () => (await next.metric('master/slaves_disconnected')) === 1)
  startAgent(t, { zk, workDir, address: agent.address, args: ['--attributes=rack:r1'] })
  await until('it is there again', async () => (await next.metric('master/slaves_active')) === 1)
  const later = (await (await next.get('/state')).json()) as State
  t.deepEqual(
    later.slaves.map(({ id }) => id),
    state.slaves.map(({ id }) => id),
  )
})

test('two of three masters never initialize a log; with the third they do, and then two are sufficient', async t => {
  const { zk, all, workDir } = await startMasters(t, place(), { count: 2 })
  await until('one leads', async () => (await redirect(all[0] ?? never())) !== null)
  await sleep(1500) // they poll each other several times a second
  t.deepEqual(await Promise.all(all.map(master => master.metric('registrar/log/recovered'))), [0, 0])
  const third = startMaster(t, { zk, workDir: workDir(2), args: ['--quorum=2'] })
  const leader = await leaderOf([...all, third])
  await until('it has a registry', async () => (await leader.get('/slaves')).status === 200)
  t.is(await leader.metric('registrar/log/ensemble_size'), 3)
  for (const index of [0, 1, 2])
    t.deepEqual(readdirSync(join(workDir(index), 'replicated_log')), ['replica.json'])
  // Before that, the loss would include a replica that has started but cannot vote yet, and Mesos rightly waits for it.
  await everyReplicaVotes([...all, third])
  await third.kill('SIGKILL')
  const rest = [
    ...all,
    startMaster(t, { zk, workDir: join(await temporaryFolder(t), 'new'), args: ['--quorum=2'] }),
  ]
  const next = await leaderOf(rest)
  t.true(rest.includes(next))
  await until(
    'an empty replica is taken in',
    async () => (await rest[2]?.metric('registrar/log/recovered')) === 1,
  )
})

test('a master that may vote but is alone aborts after the timeout', async t => {
  const { zk, all, workDir } = await startMasters(t, place())
  await everyReplicaVotes(all)
  await Promise.all(all.map(master => master.kill('SIGKILL')))
  const args = ['--quorum=2', '--registry_fetch_timeout=1secs']
  const alone = startMaster(t, { zk, workDir: workDir(0), args })
  t.like(await alone.ended(), { signal: 'SIGABRT' })
  t.regex(alone.log(), /Replica is in VOTING status/)
  t.regex(alone.log(), /Recovery failed: Failed to recover registrar: Failed to perform fetch within 1secs/)
})

test('a master whose log was never initialized aborts after the timeout', async t => {
  const { all } = await startMasters(t, place(), { count: 1, args: ['--registry_fetch_timeout=2secs'] })
  const [master = never()] = all
  t.like(await master.ended(), { signal: 'SIGABRT' })
  t.regex(master.log(), /Recovery failed: Failed to recover registrar: Failed to perform fetch within 2secs/)
})

async function everyReplicaVotes(masters: readonly Double[]): Promise<void> {
  await until('every replica votes', async () => {
    const recovered = masters.map(master => master.metric('registrar/log/recovered'))
    return (await Promise.all(recovered)).every(value => value === 1)
  })
}

interface State {
  readonly slaves: readonly { readonly id: string }[]
}

function sorted(numbers: readonly number[]): readonly number[] {
  return [...numbers].sort()
}

function never(): never {
  throw new Error('no such master')
}
