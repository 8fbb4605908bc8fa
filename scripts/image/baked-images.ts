import type { Cluster } from '../cluster/cluster.ts'
import { Path } from '../inventory/problem-path.ts'
import { Refused } from '../inventory/problems.ts'
import type { Env } from '../programs/run-program.ts'
import { observeAllPublished, observeBakedImages } from '../targets/ec2/api/baked-image.ts'
import { explained } from '../targets/ec2/api/errors.ts'
import { observeUses } from '../targets/ec2/api/image-uses.ts'
import { deregisterImage } from '../targets/ec2/api/leftovers.ts'
import { connectAll, type Regions } from './ec2-survey.ts'
import { type ListedImage, listImages } from './prune.ts'
import { overRuns } from './runs.ts'

/** Observes every baked image in all regions of an inventory, and what uses them. */
export async function surveyImages(
  cluster: Cluster,
  env: Env,
  keep: number,
): Promise<{ readonly images: readonly ListedImage[]; readonly regions: Regions }> {
  const copies = (cluster.image.regions ?? []).filter(region => region !== cluster.region)
  const regions = await connectAll([cluster.region, ...copies])
  return { images: await explained(listAll(regions, env, keep)), regions }
}

async function listAll(regions: Regions, env: Env, keep: number): Promise<readonly ListedImage[]> {
  const isOver = overRuns({ env }, new Date())
  const lists = await Promise.all(
    [...regions.values()].map(async aws => {
      const [images, published] = await Promise.all([observeBakedImages(aws), observeAllPublished(aws)])
      const uses = await observeUses(
        aws,
        images.map(({ id }) => id),
      )
      const named = published.map(({ image, parameter }) => ({ image, by: `parameter ${parameter}` }))
      return listImages(images, [...uses, ...named], { keep, isOver })
    }),
  )
  return lists.flat()
}

/**
 * Deregisters images and deletes their snapshots. First checks again what uses them, because the confirmation may have
 * taken a while.
 *
 * @throws Refused if one of them is now in use
 */
export function pruneImages(regions: Regions, images: readonly ListedImage[]): Promise<void> {
  return explained(pruneAll(regions, images))
}

async function pruneAll(regions: Regions, images: readonly ListedImage[]): Promise<void> {
  for (const [region, aws] of regions) {
    const own = images.filter(image => image.region === region)
    if (own.length === 0) continue
    const [uses, published] = await Promise.all([
      observeUses(
        aws,
        own.map(({ id }) => id),
      ),
      observeAllPublished(aws),
    ])
    const used = own.find(({ id }) => [...uses, ...published].some(({ image }) => image === id))
    if (used !== undefined) {
      const message = 'is now in use; list the images again'
      throw new Refused([{ path: Path.outside(used.id), message }])
    }
    await Promise.all(own.map(({ id }) => deregisterImage(aws, id)))
  }
}
