import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import anyTest, { type TestFn } from 'ava'
import { unless } from '../harness/programs.ts'
import { leaderOf, startMasters } from './cluster.ts'
import { startAgent, temporaryFolder } from './double.ts'
import { until } from './until.ts'
import { startZooKeeper, zooKeeperMissing } from './zookeeper.ts'

/** Within this time, the stand-ins resolve a name at least once. */
const LOOKED_UP_MS = 600

const test = unless(zooKeeperMissing(), anyTest as TestFn)

test('a leading master exits when its session expires; the others and the agents wait for ZooKeeper', async t => {
  const zooKeeper = await startZooKeeper()
  t.teardown(zooKeeper.remove)
  const { all, zk } = await startMasters(t, `${zooKeeper.address}:2181/outage`)
  const agent = startAgent(t, { zk, workDir: await temporaryFolder(t) })
  const leader = await leaderOf(all)
  await until('the agent registers', async () => (await agent.metric('slave/registered')) === 1)
  await zooKeeper.stop()
  t.deepEqual(await leader.ended(), { code: 1, signal: null })
  t.regex(leader.log(), /Lost leadership\.\.\. committing suicide!\n$/)
  const rest = all.filter(master => master !== leader)
  for (const master of rest) {
    await until('it knows no leader', async () => (await master.get('/redirect')).status === 503)
  }
  await until('the agent knows none either', async () => (await agent.metric('slave/registered')) === 0)
  await zooKeeper.start()
  const next = await leaderOf(rest)
  await until('the agent comes back', async () => (await next.metric('master/slaves_active')) === 1)
})

test('a leading master survives an outage that is shorter than its session timeout', async t => {
  const zooKeeper = await startZooKeeper()
  t.teardown(zooKeeper.remove)
  const { all } = await startMasters(t, `${zooKeeper.address}:2181/short`, { sessionTimeout: '15secs' })
  const leader = await leaderOf(all)
  await zooKeeper.stop()
  await until('it notices', () => all.every(master => master.log().includes('Lost connection to ZooKeeper')))
  await zooKeeper.start()
  await until('it is connected again', () =>
    all.every(({ log }) => log().split('connected to ZooKeeper at').length >= 3),
  )
  t.is(await leaderOf(all), leader)
})

test('master and agent abort when a name gets an additional address, but not when it loses one or fails', async t => {
  const zooKeeper = await startZooKeeper()
  t.teardown(zooKeeper.remove)
  const folder = await temporaryFolder(t)
  const hosts = join(folder, 'hosts')
  const env = { DOUBLE_HOSTS: hosts }
  const listed = (...addresses: string[]) =>
    writeFileSync(hosts, addresses.map(address => `${address} zookeeper.test\n`).join(''))
  listed(zooKeeper.address, '127.99.99.99')
  const { all, zk } = await startMasters(t, 'zookeeper.test:2181/grows', { env })
  const agent = startAgent(t, { zk, workDir: join(folder, 'agent'), env })
  const leader = await leaderOf(all)
  await until('the agent registers', async () => (await leader.metric('master/slaves_active')) === 1)

  for (const harmless of [[zooKeeper.address, '127.99.99.98'], ['!'], [zooKeeper.address]]) {
    listed(...harmless)
    await sleep(LOOKED_UP_MS)
  }
  t.is(await agent.metric('slave/registered'), 1)
  listed(zooKeeper.address, '127.99.99.99')
  for (const daemon of [...all, agent]) {
    t.deepEqual(await daemon.ended(), { code: null, signal: 'SIGABRT' })
    t.regex(
      daemon.log(),
      /group\.cpp:349\] Check failed: state == CONNECTING \(4 vs\. 1\) \n\*\*\* Check failure/,
    )
  }
})
