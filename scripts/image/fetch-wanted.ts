import type { Architecture } from '../cluster/cluster.ts'
import type { BaseImage } from '../targets/ec2/baked-image.ts'
import { type Wanted, wantedImage } from './aws-survey.ts'
import { type Bakery, fetchArtifacts, lockedArtifacts } from './bakery.ts'

/**
 * The images that are wanted, all that goes into them known. Artifacts are fetched only if something is built.
 *
 * @throws Refused for artifacts that can't be had, or aren't what they must be
 */
export async function fetchWanted(
  bakery: Bakery,
  bases: ReadonlyMap<Architecture, BaseImage>,
  builds: boolean,
  signal: AbortSignal,
): Promise<{ readonly wanted: readonly Wanted[]; readonly files: ReadonlyMap<string, string> }> {
  const wanted: Wanted[] = []
  const files = new Map<string, string>()
  for (const [architecture, base] of bases) {
    const locked = builds ? undefined : lockedArtifacts(bakery, architecture)
    const fetched = locked
      ? { artifacts: locked, files: [] }
      : await fetchArtifacts(bakery, architecture, signal)
    for (const [sum, file] of fetched.files) files.set(sum, file)
    wanted.push(wantedImage(bakery, base, fetched.artifacts))
  }
  return { wanted, files }
}
