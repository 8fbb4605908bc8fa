import { gunzipSync } from 'node:zlib'
import type { Cluster } from '../../../cluster/cluster.ts'
import { groupName } from '../../../cluster/names.ts'
import { holdsSeat } from '../../../plan/machines.ts'
import type { Booted } from '../../../plan/user-data-diff.ts'
import type { ActualPool } from '../actual.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { observeSeats } from './observe-seats.ts'
import { observePools } from './pool.ts'

/** The user data of every leader's instance, and of every launch template version that a pool runs or would start. */
export async function observeUserData(aws: Aws, cluster: Cluster): Promise<readonly Booted[]> {
  const [seats, pools] = await Promise.all([ofSeats(aws, cluster), ofPools(aws, cluster)])
  return [...seats, ...pools]
}

/** The user data of an instance, decompressed. */
export async function userDataOf(aws: Aws, InstanceId: string): Promise<string> {
  const ec2 = await aws.ec2()
  const { UserData } = await ec2.describeInstanceAttribute({ InstanceId, Attribute: 'userData' })
  return decoded(UserData?.Value)
}

async function ofSeats(aws: Aws, cluster: Cluster): Promise<readonly Booted[]> {
  const machines = (await observeSeats(aws, cluster.name)).filter(holdsSeat)
  const found = machines.map(async ({ id, seat }): Promise<readonly Booted[]> => {
    const node = cluster.seats.find(one => one.seat === seat)?.name
    if (node === undefined) return []
    return [{ node, holder: id, text: await userDataOf(aws, id) }]
  })
  return (await Promise.all(found)).flat()
}

async function ofPools(aws: Aws, cluster: Cluster): Promise<readonly Booted[]> {
  const present = await observePools(aws, cluster.name)
  const found = cluster.pools.map(({ name, group }) =>
    ofTemplate(
      aws,
      groupName(cluster.name, group),
      present.find(pool => pool.name === name),
    ),
  )
  return (await Promise.all(found)).flat()
}

/** The version that the next instance starts from, and other versions that still have instances. */
async function ofTemplate(aws: Aws, name: string, pool: ActualPool | undefined): Promise<readonly Booted[]> {
  const ec2 = await aws.ec2()
  const running = (pool?.machines ?? []).flatMap(({ templateVersion }) => templateVersion ?? [])
  const Versions = [...new Set([pool?.pin ?? '$Latest', ...running.map(String)])]
  const found = await unless(
    /NotFound/,
    ec2.describeLaunchTemplateVersions({ LaunchTemplateName: name, Versions }),
    () => undefined,
  )
  const versions = new Map(
    (found?.LaunchTemplateVersions ?? []).map(one => [
      one.VersionNumber ?? 0,
      one.LaunchTemplateData?.UserData,
    ]),
  )
  return [...versions]
    .sort(([a], [b]) => b - a)
    .map(([version, data]) => {
      const machines = running.filter(one => one === version).length
      const plural = machines === 1 ? '' : 's'
      return { node: name, holder: `version ${version}, ${machines} machine${plural}`, text: decoded(data) }
    })
}

// Like cloud-init, decompresses data that starts with the gzip magic number.
function decoded(data: string | undefined): string {
  const bytes = Buffer.from(data ?? '', 'base64')
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString()
}
