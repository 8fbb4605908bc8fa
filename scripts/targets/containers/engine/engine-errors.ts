import { Path } from '../../../inventory/problem-path.ts'
import { type Problem, Refused } from '../../../inventory/problems.ts'
import { EngineFailed } from './engine.ts'

// Error messages of the engines, and how to resolve them.
const waysOut: readonly (readonly [RegExp, string])[] = [
  [
    /no space left on device/i,
    'the disk is full; free some space (to remove unused images: podman image prune)',
  ],
  [
    /address already in use|port is already allocated/i,
    'a port that the container publishes is in use by another program; stop that program, or replace the node with npm run replace',
  ],
  [/does not belong to this cluster/, 'remove that container, or rename the cluster'],
  [
    /subnet .*(already|overlap)|pool overlaps/i,
    'the subnet is now used by another network; run the same command again',
  ],
  [
    /rlimit|operation not permitted/i,
    'the engine cannot set the resource limits of a container; raise the hard limits of this shell (ulimit -Hn, ulimit -Hu)',
  ],
  [
    /permission denied|cannot connect to the docker daemon/i,
    'start the engine, or run this command as a user who has access to it',
  ],
  [/image not known|no such image/i, 'bake the image: npm run bake -- --target local'],
]

/** How to resolve an error of the engine. Undefined if the user cannot resolve it. */
export function explain(error: unknown): readonly Problem[] | undefined {
  if (error instanceof Refused) return error.problems
  if (!(error instanceof EngineFailed)) return undefined
  const way = waysOut.find(([pattern]) => pattern.test(error.said))?.[1]
  return [
    { path: Path.outside(error.engine), message: way === undefined ? error.said : `${error.said}; ${way}` },
  ]
}

/** Throws errors that the user can resolve as `Refused`, and other errors unchanged. */
export async function explained<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    const problems = explain(error)
    throw problems === undefined || error instanceof Refused ? error : new Refused(problems)
  }
}
