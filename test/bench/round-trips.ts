import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { awsEnv, prepareAccount } from '../harness/aws.ts'
import { type AwsProxy, startAwsProxy } from '../harness/aws-proxy.ts'
import { run } from '../harness/command.ts'
import { delay } from '../harness/faults.ts'
import { startMoto } from '../harness/moto.ts'
import { sequentialRoundTrips } from '../harness/round-trips.ts'
import { inFolder } from './folder.ts'
import { least, type Measure, type Part } from './measure.ts'

/** Longer than the clients take to load; otherwise independent calls would wait for each other. */
const delayMs = 1_000
const rounds = 3

type Calls = AwsProxy['calls']

/**
 * How often a launch waits for AWS, which matters most far away from a region: the length of the longest chain of
 * calls, each sent after the response to the previous one, up to and including the last call that creates an instance
 * or a pool.
 *
 * On a busy machine, independent calls may happen to run one after the other, but dependent calls never run at the same
 * time, so the smallest number of several runs is the correct one.
 */
export async function roundTrips(): Promise<Part> {
  const moto = await startMoto()
  const proxy = await startAwsProxy({ upstream: moto.url })
  try {
    const three: Calls[] = []
    const seven: Calls[] = []
    for (let round = 0; round < rounds; round += 1) {
      three.push(untilAsked(await launch(proxy, { leaders: 3, pools: [2, 2] }, delayMs)))
      seven.push(untilAsked(await launch(proxy, { leaders: 7, pools: [2, 2] }, delayMs)))
    }
    const ofOne = await launch(proxy, { leaders: 3, pools: [1] })
    const ofThousand = await launch(proxy, { leaders: 3, pools: [1_000] })
    return {
      compared: [
        `\`launch --yes\` in a fresh account ${delayMs} ms away, up to the request for the last instance or pool:`,
        ...waves(three),
      ],
      measures: [
        counted('3 leaders and 2 pools', 'round trips', tripsOf(three), 8),
        counted('7 leaders and 2 pools', 'round trips', tripsOf(seven), tripsOf(three)),
        counted('a pool of 1,000', 'calls in total', ofThousand.length, ofOne.length),
      ],
    }
  } finally {
    await proxy.close()
    await moto.stop()
  }
}

function counted(what: string, unit: string, value: number, atMost: number): Measure {
  return { what, value, unit, goal: { atMost } }
}

/** The calls up to the last one that creates an instance or a pool. Later calls only observe. */
function untilAsked(calls: Calls): Calls {
  const last = calls.findLast(({ action }) => /^(RunInstances|CreateAutoScalingGroup)$/.test(action))
  if (last === undefined) throw new Error('the launch requested no instance')
  return calls.filter(({ start }) => start <= last.start)
}

function tripsOf(runs: readonly Calls[]): number {
  return least(runs.map(sequentialRoundTrips))
}

/** The calls of each round trip, in the run with the fewest round trips. */
function waves(runs: readonly Calls[]): readonly string[] {
  const calls = runs.find(run => sequentialRoundTrips(run) === tripsOf(runs)) ?? []
  const waves: Set<string>[] = []
  for (const { action, start, params } of calls) {
    const before = sequentialRoundTrips(calls.filter(({ end }) => end <= start))
    const name = params.DryRun === 'true' ? `${action} (dry run)` : action
    waves[before] = (waves[before] ?? new Set()).add(name)
  }
  return waves.map((wave, index) => `  ${index + 1}. ${[...wave].join(', ')}`)
}

interface Asked {
  readonly leaders: number
  /** The size of each. */
  readonly pools: readonly number[]
}

/** Launches a cluster in its own account, and returns the calls that were made. */
async function launch(proxy: AwsProxy, asked: Asked, delayedMs = 0): Promise<Calls> {
  await proxy.reset()
  const { subnets } = await prepareAccount(proxy.url)
  proxy.calls.length = 0
  proxy.fault(delay(delayedMs))
  const { code, stderr } = await inFolder(folder => {
    const file = join(folder, 'inventory.yaml')
    writeFileSync(file, JSON.stringify(inventoryOf(asked, subnets)))
    return run('launch', ['--inventory', file, '--yes'], { env: awsEnv(proxy.url) })
  })
  if (code !== 0) throw new Error(`the launch of ${JSON.stringify(asked)} failed:\n${stderr}`)
  return [...proxy.calls]
}

function inventoryOf({ leaders, pools }: Asked, subnets: readonly string[]) {
  const followers = pools.map((size, index) => [`pool-${index}`, { min: size, max: size, subnets }])
  const leading = { vars: { mesos_mode: 'leader' }, count: leaders, subnets }
  return { cluster: 'bench', groups: { leaders: leading, ...Object.fromEntries(followers) } }
}
