import { observeLeftovers, removeLeftovers } from '../targets/ec2/api/leftovers.ts'
import type { Leftover } from '../targets/ec2/baked-image.ts'
import type { Regions } from './aws-survey.ts'
import type { Bakery } from './bakery.ts'
import type { Watch } from './build.ts'
import { forgetRuns, type Run } from './runs.ts'

/** Removes what a run has made, and says so. What can't be removed now, the next bake will find. */
export async function cleanUp(regions: Regions, { tell }: Watch, run: Run): Promise<void> {
  try {
    const found = await Promise.all([...regions.values()].map(observeLeftovers))
    const own = found.flat().filter(one => one.run === run.id)
    if (own.length > 0) tell(`removing what the bake has made: ${sayLeftovers(own)}`)
    await removeAll(regions, own)
    run.end()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    tell(`not all of it could be removed (${why}); the next bake tries again`)
  }
}

/** Removes what bakes have left that were killed, and says so. */
export async function removeOld(
  bakery: Pick<Bakery, 'env' | 'tell'>,
  regions: Regions,
  steps: readonly Leftover[],
): Promise<void> {
  if (steps.length === 0) return
  bakery.tell(`removing what a bake that was killed has left: ${sayLeftovers(steps)}`)
  await removeAll(regions, steps)
  forgetRuns(bakery, [...new Set(steps.map(({ run }) => run))])
}

function sayLeftovers(leftovers: readonly Leftover[]): string {
  return leftovers.map(({ kind, id, region }) => `${kind} ${id} in ${region}`).join(', ')
}

async function removeAll(regions: Regions, leftovers: readonly Leftover[]): Promise<void> {
  const all = [...regions.values()]
  await Promise.all(
    all.map(aws =>
      removeLeftovers(
        aws,
        leftovers.filter(one => one.region === aws.region),
      ),
    ),
  )
}
