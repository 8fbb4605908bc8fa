import anyTest, { type TestFn } from 'ava'
import { type Aws, connect } from '../../scripts/targets/ec2/api/connect.ts'
import { explain } from '../../scripts/targets/ec2/api/errors.ts'
import { makeWorld } from '../doubles/ec2/world.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { type Asked, asked, destroyWith, launchWith } from '../harness/histories.ts'
import { endLeader, gone, inventoryOf, inventoryText, isWhole, seatsOf } from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const histories = Number(process.env.MOTO_HISTORIES ?? 30)

/** A connection to the stand-in whose waits advance the clock of the cloud, so that tests do not wait in real time. */
function wayTo({ proxy }: Cloud): Aws {
  const credentials = async () => ({ accessKeyId: 'AKIATEST000000000000', secretAccessKey: 'not-a-secret' })
  const clock = { now: proxy.now, sleep: proxy.advance }
  return { ...connect('us-east-1', credentials, proxy.url), clock }
}

/** Why a run was refused or failed. Empty if it succeeded. */
async function trouble(run: Promise<unknown>): Promise<string> {
  try {
    await run
    return ''
  } catch (error) {
    if (explain(error) === undefined) throw error
    return (error as Error).message
  }
}

/** No seat has two machines, and all leaders were launched for the same number of leaders. */
async function rulesHold(cloud: Cloud): Promise<boolean> {
  const { leaders } = await inventoryOf(cloud, 'history')
  const seats = seatsOf(leaders)
  const numbers = leaders.map(({ Tags }) => Tags?.find(({ Key }) => Key === 'mesos-bakery:leaders')?.Value)
  return new Set(seats).size === seats.length && new Set(numbers).size <= 1
}

test(`${histories} random histories with moto break no rule, and every cluster can be repaired and destroyed`, async t => {
  const cloud = t.context
  const aws = wayTo(cloud)
  const small = inventoryText(cloud, 'history')
    .replace(/ {2}batch.*\n/, '')
    .replace('min: 2', 'min: 1')
  const base = asked(small)
  const others = [
    asked(small.replace('count: 3', 'count: 5')),
    asked(`${small}vars: { mesos_zk_chroot: other }\n`),
    asked(`${small}vars: { mesos_leader_port: 5060 }\n`),
  ]
  for (let seed = 1; seed <= histories; seed += 1) {
    const { random } = makeWorld(seed)
    const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T
    const launch = (what: Asked, recover = false) => trouble(launchWith(aws, what, { recover }))
    const acts: readonly (() => Promise<unknown>)[] = [
      () => launch(base),
      () => launch(pick(others)),
      () => Promise.all([launch(base), launch(pick(others))]),
      () => trouble(destroyWith(aws, base.cluster)),
      () => cloud.proxy.advance(pick([60_000, 4_000_000])),
      async () => {
        const { leaders } = await inventoryOf(cloud, 'history')
        const count = 1 + Math.floor(random() * 2)
        for (const seat of seatsOf(leaders).slice(0, count)) await endLeader(cloud, 'history', Number(seat))
      },
    ]
    await launch(pick([base, ...others]))
    for (let step = 0; step < 2; step += 1) {
      await pick(acts)()
      t.true(await rulesHold(cloud), `seed ${seed}`)
    }
    await cloud.proxy.advance(300_000)
    const said: string[] = []
    for (const one of [base, ...others]) {
      const why = await launch(one, true)
      said.push(why)
      if (why === '') break
    }
    t.is(said.at(-1), '', `seed ${seed}: ${said.join('\n')}`)
    t.true(await rulesHold(cloud), `seed ${seed}`)
    t.is(await trouble(destroyWith(aws, base.cluster)), '', `seed ${seed}`)
    t.deepEqual(await isWhole(cloud, 'history'), gone, `seed ${seed}`)
    await cloud.proxy.advance(7_200_000)
  }
})
