import type { Cluster } from '../cluster/cluster.ts'
import { Path } from '../inventory/problem-path.ts'
import { orRefuse, type Problem } from '../inventory/problems.ts'
import { type Fitted, fitUserData } from '../user-data/fit.ts'
import { gzip } from '../user-data/gzip.ts'
import { userDataLimit } from '../user-data/limit.ts'
import type { Rendered } from './format.ts'

/**
 * The bytes that a launch would pass to EC2 for each node, by name: unchanged, or compressed if they would be too
 * large.
 *
 * @throws Refused if the user data would have to be stored in a bucket, because other tools would not upload it
 */
export function payloadsOf(cluster: Cluster, nodes: readonly Rendered[]): ReadonlyMap<string, Fitted> {
  const fits = nodes.map(
    one => [one, fitUserData({ ...cluster, userDataBucket: undefined }, one.userData)] as const,
  )
  const payloads = new Map(fits.flatMap(([{ node }, fit]) => (fit === undefined ? [] : [[node.name, fit]])))
  return orRefuse(
    payloads,
    fits.flatMap(([one, fit]) => (fit === undefined ? [tooLarge(one)] : [])),
  )
}

function tooLarge({ node, userData: { text, bytes } }: Rendered): Problem {
  const small = gzip(Buffer.from(text)).length
  const message = `is too large for EC2 (${bytes} bytes, ${small} as gzip, limit ${userDataLimit})`
  return { path: Path.outside(node.name), message, help: 'shorten its variables' }
}

/** The payload of each node in base64, by name, as passed to EC2. */
export function base64Payloads(
  cluster: Cluster,
  nodes: readonly Rendered[],
): Readonly<Record<string, string>> {
  const payloads = [...payloadsOf(cluster, nodes)]
  return Object.fromEntries(
    payloads.map(([name, { payload }]) => [name, Buffer.from(payload).toString('base64')]),
  )
}
