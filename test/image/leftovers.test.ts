import { EC2 } from '@aws-sdk/client-ec2'
import test from 'ava'
import type { Aws } from '../../scripts/targets/ec2/api/connect.ts'
import { observeLeftovers } from '../../scripts/targets/ec2/api/leftovers.ts'

const tags = '<tagSet><item><key>mesos-bakery:run</key><value>r</value></item></tagSet>'

/** The items on a page of each listing, by the name of the call. */
const items: Readonly<Record<string, (id: string) => string>> = {
  DescribeInstances: id =>
    `<reservationSet><item><instancesSet><item><instanceId>i-${id}</instanceId>${tags}</item></instancesSet></item></reservationSet>`,
  DescribeVolumes: id => `<volumeSet><item><volumeId>vol-${id}</volumeId>${tags}</item></volumeSet>`,
  DescribeKeyPairs: id => `<keySet><item><keyName>key-${id}</keyName>${tags}</item></keySet>`,
  DescribeSecurityGroups: id =>
    `<securityGroupInfo><item><groupId>sg-${id}</groupId>${tags}</item></securityGroupInfo>`,
  DescribeImages: id => `<imagesSet><item><imageId>ami-${id}</imageId>${tags}</item></imagesSet>`,
  DescribeSnapshots: id =>
    `<snapshotSet><item><snapshotId>snap-${id}</snapshotId>${tags}</item></snapshotSet>`,
}

/** An EC2 in which every listing has two pages, except that of key pairs, which is not paginated. */
function twoPages(): Aws {
  const ec2 = new EC2({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: {
      handle: async ({ body }: { readonly body: string }) => {
        const asked = new URLSearchParams(body)
        const action = asked.get('Action') ?? ''
        const isLast = asked.has('NextToken') || action === 'DescribeKeyPairs'
        const token = isLast ? '' : '<nextToken>more</nextToken>'
        const content = items[action]?.(asked.has('NextToken') ? '2' : '1')
        const text = `<${action}Response>${content}${token}</${action}Response>`
        return { response: { statusCode: 200, headers: {}, body: Buffer.from(text) } }
      },
    },
  })
  return { region: 'us-east-1', ec2: async () => ec2 } as unknown as Aws
}

test('leftovers of bakes are found on every page of each listing', async t => {
  const found = await observeLeftovers(twoPages())
  t.deepEqual(
    found.map(({ id }) => id),
    ['i-1', 'i-2', 'vol-1', 'vol-2', 'key-1', 'sg-1', 'sg-2', 'ami-1', 'ami-2', 'snap-1', 'snap-2'],
  )
  t.true(found.every(({ run, region }) => run === 'r' && region === 'us-east-1'))
})
