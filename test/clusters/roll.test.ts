import { readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import anyTest, { type TestFn } from 'ava'
import { bakedMissing } from '../harness/baked.ts'
import { whyBroken, withBrokenAgent } from '../harness/broken-package.ts'
import { type Health, type LocalCluster, localCluster, until } from '../harness/local-cluster.ts'
import { podman } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'
import { startWriter } from '../harness/zookeeper-writer.ts'

// A cluster of three leaders and three followers is rolled. The tests use the same cluster, in this order.
const test = unless(bakedMissing(), anyTest as TestFn)
let cluster: LocalCluster

const attributes = (rack: string) => ['--set', `mesos_attributes={rack: ${rack}}`]

const machinesIn = ({ nodes }: Health) => nodes.map(({ name, machine }) => `${name} ${machine}`).sort()

/** What the masters say about five times a second: who was elected in turn, and the fewest running tasks. */
function watchMasters(addresses: readonly string[]) {
  const elected: string[] = []
  let fewestTasks = Number.POSITIVE_INFINITY
  let ended = false
  const ask = async (address: string) => {
    const signal = AbortSignal.timeout(1_000)
    const answer = await fetch(`http://${address}:5050/state`, { redirect: 'error', signal })
    const { frameworks, leader, pid, slaves } = (await answer.json()) as MasterState
    if (leader !== pid) return
    if (pid !== elected.at(-1)) elected.push(pid)
    // A master that has just been elected does not know the agents and frameworks that have not reregistered yet.
    if (slaves.length < 3 || frameworks.length === 0) return
    fewestTasks = Math.min(fewestTasks, frameworks.flatMap(({ tasks }) => tasks).length)
  }
  const loop = (async () => {
    while (!ended) {
      await Promise.allSettled(addresses.map(ask))
      await sleep(200)
    }
  })()
  return async () => {
    ended = true
    await loop
    return { reelections: elected.length - 1, fewestTasks }
  }
}

interface MasterState {
  readonly leader?: string
  readonly pid: string
  readonly frameworks: readonly { readonly tasks: readonly object[] }[]
  readonly slaves: readonly object[]
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
  const masters = watchMasters(addresses.flatMap(address => address ?? []))
  const begin = Date.now()
  const { code, stderr, stdout } = await cluster.run('roll', '--yes')
  const seconds = (Date.now() - begin) / 1_000
  t.log(stderr)
  t.is(code, 0, stderr)
  const { reelections, fewestTasks } = await masters()
  const { acknowledged, lost } = await writer.end()
  t.log(`${seconds} s, ${reelections} re-elections, ${acknowledged} writes acknowledged, ${lost} lost`)
  t.log(`at least ${fewestTasks} of 12 tasks were running`)
  // All but those of one machine: after the canary, a machine has a third of them.
  t.true(fewestTasks >= 8 && fewestTasks <= 12)
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
  const before = machinesIn(await cluster.health())
  const bad = ['--set', 'mesos_follower_options={modules: file:///missing.json}']
  const { code, stderr } = await cluster.run('roll', '--yes', '--timeout', '40s', ...bad)
  t.log(stderr)
  t.is(code, 1)
  t.regex(stderr, /canary: \S+-web-\d: the canary is not registered/)
  t.regex(stderr, /mesos-agent|modules|missing\.json/)
  t.regex(stderr, /take away \S+-web-\d/)
  await until('the cluster is healthy', 60, async () => (await cluster.health()).up)
  t.deepEqual(machinesIn(await cluster.health()), before)
})

test('a dry run bakes no image, and an image whose agent does not start is stopped at the canary', async t => {
  const folder = dirname(cluster.inventory)
  const text = await readFile(cluster.inventory, 'utf8')
  const inventory = JSON.parse(text)
  inventory.image.artifacts = await withBrokenAgent(inventory.image.artifacts, folder)
  await writeFile(cluster.inventory, JSON.stringify(inventory))
  const before = await cluster.health()
  const images = await podman('images', '--quiet', '--no-trunc')
  const pool = ['--pool', `${cluster.name}-web`]
  const { stdout } = await cluster.run('roll', '--dry-run', ...pool)
  t.regex(stdout, /a canary, then replace 3 machines, 1 at a time: image [0-9a-f]+ → [0-9a-f]+/)
  t.is(await podman('images', '--quiet', '--no-trunc'), images)
  const { code, stderr } = await cluster.run('roll', '--yes', '--timeout', '40s', ...pool)
  t.log(stderr)
  t.is(code, 1)
  t.regex(stderr, new RegExp(whyBroken))
  t.regex(stderr, /take away \S+-web-\d/)
  await writeFile(cluster.inventory, text)
  await until('the cluster is healthy', 60, async () => (await cluster.health()).up)
  t.deepEqual(machinesIn(await cluster.health()), machinesIn(before))
})

anyTest.after.always(async () => cluster?.remove())
