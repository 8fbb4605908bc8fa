import { createHash } from 'node:crypto'
import { type Bundles, bundlesIn, makeSecrets, type Random } from '../../scripts/secrets/secret-set.ts'

/** A source of bytes that a seed determines. Not random. */
export function bytesFrom(seed: string): Random {
  let used = 0
  return count => {
    used += 1
    const bytes = createHash('sha512').update(`${seed} ${used}`).digest()
    return Uint8Array.from(bytes.subarray(0, count))
  }
}

/** The bundles of a cluster whose secrets are made now. */
export function bundlesOfTest(cluster: string, seed = cluster): Bundles {
  const now = new Date()
  const expires = new Date(now.getTime() + 86_400_000 * 365)
  return bundlesIn(makeSecrets(cluster, bytesFrom(seed), now, expires))
}
