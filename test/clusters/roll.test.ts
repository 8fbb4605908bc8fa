import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import anyTest, { type TestFn } from 'ava'
import { bakedMissing } from '../harness/baked.ts'
import { type LocalCluster, localCluster, until } from '../harness/local-cluster.ts'
import { unless } from '../harness/programs.ts'
import { startWriter } from '../harness/zookeeper-writer.ts'

// A cluster of three leaders and three followers is rolled. The tests use the same cluster, in this order.
const test = unless(bakedMissing(), anyTest as TestFn)
let cluster: LocalCluster

const attributes = (rack: string) => ['--set', `mesos_attributes={rack: ${rack}}`]

/** The number of the reports of `status` in which another leader is elected than in the one before. */
function watchElections() {
  const seen: string[] = []
  let ended = false
  const loop = (async () => {
    while (!ended) {
      const { elected } = await cluster.health().catch(() => ({ elected: null }))
      if (elected !== null && elected !== seen.at(-1)) seen.push(elected)
    }
  })()
  return async () => {
    ended = true
    await loop
    return seen.length - 1
  }
}

/** The smallest number of running tasks that an elected master has reported, from five reports a second. */
function watchTasks(masters: readonly string[]) {
  let least = Number.POSITIVE_INFINITY
  let ended = false
  const ask = async (master: string) => {
    const answer = await fetch(`http://${master}:5050/state`, {
      redirect: 'error',
      signal: AbortSignal.timeout(1_000),
    })
    const { frameworks, leader, pid, recovered_slaves } = (await answer.json()) as MasterState
    // A master that has just been elected does not know the tasks of agents that have not reregistered yet.
    if (leader !== pid || recovered_slaves.length > 0) return
    least = Math.min(least, frameworks.flatMap(({ tasks }) => tasks).length)
  }
  const loop = (async () => {
    while (!ended) {
      await Promise.allSettled(masters.map(ask))
      await sleep(200)
    }
  })()
  return async () => {
    ended = true
    await loop
    return least
  }
}

interface MasterState {
  readonly leader?: string
  readonly pid: string
  readonly frameworks: readonly { readonly tasks: readonly object[] }[]
  readonly recovered_slaves: readonly object[]
}

test('a launch leaves nodes that are out of date unchanged and names the command that updates them', async t => {
  cluster = await localCluster({ leaders: 3, followers: 3 })
  t.is((await cluster.run('launch', '--yes')).code, 0)
  const before = (await cluster.health()).nodes.map(({ machine }) => machine)
  const { code, stderr } = await cluster.run('launch', '--yes', ...attributes('r2'))
  t.is(code, 0, stderr)
  t.regex(stderr, /use npm run roll to update them\):\n +! \S+-web \(3 machines\): different user data/)
  t.deepEqual(
    (await cluster.health()).nodes.map(({ machine }) => machine),
    before,
  )
})

test('a roll of all nodes costs one re-election, loses no write, and keeps the tasks of all machines but one running', async t => {
  const { nodes } = await cluster.health()
  const addresses = nodes.filter(({ report }) => report?.master).map(({ address }) => address)
  const inventory = JSON.parse(await readFile(cluster.inventory, 'utf8'))
  inventory.vars.mesos_leader_options = { max_completed_frameworks: 60 }
  inventory.vars.mesos_attributes = { rack: 'r2' }
  await writeFile(cluster.inventory, JSON.stringify(inventory))
  await cluster.runTasks({ count: 12, stops_after: 2, grace: 30 })
  const writer = startWriter(addresses.join(','))
  const elections = watchElections()
  const tasks = watchTasks(addresses.flatMap(address => address ?? []))
  const begin = Date.now()
  const { code, stderr, stdout } = await cluster.run('roll', '--yes')
  const seconds = (Date.now() - begin) / 1_000
  t.log(stderr)
  t.is(code, 0, stderr)
  const reelections = await elections()
  const { acknowledged, lost } = await writer.end()
  const fewest = await tasks()
  t.log(`${seconds} s, ${reelections} re-elections, ${acknowledged} writes acknowledged, ${lost} lost`)
  t.log(`at least ${fewest} of 12 tasks were running`)
  // All but those of one machine: after the canary, a machine has a third of them.
  t.true(fewest >= 8 && fewest <= 12)
  t.true(reelections <= 1)
  t.true(acknowledged > 100)
  t.is(lost, 0)
  t.regex(stdout, /✓ followers +3 of 3 registered/)
  const restarts = await cluster.restarts()
  t.deepEqual(
    Object.entries(restarts).filter(([, count]) => count > 0),
    [],
  )
  t.regex((await cluster.run('roll', '--yes')).stderr, /no rolling update is required/)
})

test('a flag with which the agent cannot start is stopped at the canary, and the pool runs as before', async t => {
  const before = (await cluster.health()).nodes.map(({ name, machine }) => `${name} ${machine}`).sort()
  const bad = ['--set', 'mesos_follower_options={modules: file:///missing.json}']
  const { code, stderr } = await cluster.run('roll', '--yes', '--timeout', '40s', ...bad)
  t.log(stderr)
  t.is(code, 1)
  t.regex(stderr, /canary: \S+-web-\d: the canary is not registered/)
  t.regex(stderr, /mesos-agent|modules|missing\.json/)
  t.regex(stderr, /take away \S+-web-\d/)
  await until('the cluster is healthy', 60, async () => (await cluster.health()).up)
  const after = (await cluster.health()).nodes.map(({ name, machine }) => `${name} ${machine}`).sort()
  t.deepEqual(after, before)
})

anyTest.after.always(async () => cluster?.remove())
