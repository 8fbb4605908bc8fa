import type { InstanceStatus } from '@aws-sdk/client-ec2'
import type { ActualMachines } from '../actual.ts'
import { checkedInstances, type InstanceWarnings, openWarnings, warningsOf } from '../instance-status.ts'
import type { Aws } from './connect.ts'
import { denied, unless } from './errors.ts'
import { everyOf } from './tagged.ts'

/** How many instances a call can name (EC2 API reference, DescribeInstanceStatus). */
const atATime = 100

/**
 * The scheduled events and failed status checks of the running instances of a cluster, with one call for every 100
 * instances. Undefined if the credentials do not permit it.
 */
export async function observeWarnings(
  aws: Aws,
  actual: ActualMachines,
): Promise<InstanceWarnings | undefined> {
  const ids = checkedInstances(actual)
  const batches = Array.from({ length: Math.ceil(ids.length / atATime) }, (_, index) =>
    ids.slice(index * atATime, (index + 1) * atATime),
  )
  const read = Promise.all(batches.map(batch => describe(aws, batch)))
  const statuses = await unless(denied, read, () => undefined)
  if (statuses === undefined) return undefined
  const all = statuses.flat().map(status => [status.InstanceId ?? '', warningsOf(status)] as const)
  return openWarnings(new Map(all), actual)
}

async function describe(aws: Aws, ids: readonly string[]): Promise<readonly InstanceStatus[]> {
  if (ids.length === 0) return []
  const ec2 = await aws.ec2()
  const pages = ec2.paginateDescribeInstanceStatus({ InstanceIds: [...ids] })
  const read = everyOf(pages, page => page.InstanceStatuses)
  // The error names the instances that are not visible yet, or not any longer.
  return unless(/^InvalidInstanceID\.NotFound$/, read, ({ message }) => {
    const known = ids.filter(id => !message.includes(id))
    return known.length < ids.length ? describe(aws, known) : []
  })
}
