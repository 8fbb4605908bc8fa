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

/** The bundles of a cluster, the same each time. */
export function bundlesOfTest(cluster: string, seed = cluster): Bundles {
  const validity = { from: '2025-01-01T00:00:00.000Z', until: '2049-12-31T00:00:00.000Z' }
  return bundlesIn(makeSecrets(cluster, bytesFrom(seed), validity))
}
