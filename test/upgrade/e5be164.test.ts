import { createHash } from 'node:crypto'
import {
  DescribeInstanceAttributeCommand,
  DescribeLaunchTemplateVersionsCommand,
  type Tag,
} from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { inventoryOf, isWhole, whole } from '../harness/launched.ts'
import { launchedByE5be164 } from '../harness/launched-by-e5be164.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const tagsOf = (tags: Tag[] = []): Record<string, string | undefined> =>
  Object.fromEntries(tags.map(({ Key = '', Value }) => [Key, Value]))

test('what release e5be164 launched stands in the account as it left it', async t => {
  const { ec2, account } = t.context
  await launchedByE5be164(t.context, 'upgrade')
  t.deepEqual(await isWhole(t.context, 'upgrade'), whole)
  const { leaders, pools, groups, templates } = await inventoryOf(t.context, 'upgrade')

  for (const { InstanceId, Tags, SubnetId, SecurityGroups } of leaders) {
    const tags = tagsOf(Tags)
    const seat = tags['mesos-bakery:seat'] ?? ''
    const asked = new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' })
    const userData = Buffer.from((await ec2.send(asked)).UserData?.Value ?? '', 'base64').toString()
    t.regex(userData, new RegExp(`^#cloud-config\nhostname: "upgrade-leader-${seat}"\n`))
    t.like(tags, {
      Name: `upgrade-leader-${seat}`,
      'mesos-bakery:cluster': 'upgrade',
      'mesos-bakery:group': 'leaders',
      'mesos-bakery:join': 'upgrade',
      'mesos-bakery:leaders': '3',
      'mesos-bakery:image': account.images.amd64,
      'mesos-bakery:user-data': createHash('sha256').update(userData).digest('hex'),
    })
    t.is(SubnetId, account.subnets[Number(seat) - 1])
    t.deepEqual(
      SecurityGroups?.map(({ GroupName }) => GroupName),
      ['mesos-bakery-upgrade-leader'],
    )
  }
  t.deepEqual(pools.map(pool => [pool.AutoScalingGroupName, pool.Instances?.length]).sort(), [
    ['upgrade-batch', 1],
    ['upgrade-web', 2],
  ])
  t.deepEqual(groups.map(({ GroupName }) => GroupName).sort(), [
    'mesos-bakery-upgrade-follower',
    'mesos-bakery-upgrade-leader',
  ])
  t.true(groups.every(({ IpPermissions = [] }) => IpPermissions.length > 0))
  t.deepEqual(templates.map(({ LaunchTemplateName }) => LaunchTemplateName).sort(), [
    'upgrade-batch',
    'upgrade-leaders',
    'upgrade-web',
  ])
  for (const { LaunchTemplateName } of templates) {
    const asked = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName })
    const { LaunchTemplateVersions = [] } = await ec2.send(asked)
    t.is(LaunchTemplateVersions.length, 1)
    t.regex(LaunchTemplateVersions[0]?.VersionDescription ?? '', /^[0-9a-f]{64}$/)
  }
})

test('several clusters of that release stand in one account', async t => {
  await launchedByE5be164(t.context, 'second')
  t.deepEqual(await isWhole(t.context, 'second'), whole)
})
