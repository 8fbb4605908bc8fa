import { createHash } from 'node:crypto'
import {
  DescribeInstanceAttributeCommand,
  DescribeLaunchTemplateVersionsCommand,
  RunInstancesCommand,
  type Tag,
} from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { endLeader, gone, inventoryOf, isWhole, startTrial, whole } from '../harness/launched.ts'
import { launchedByE5be164 } from '../harness/launched-by-e5be164.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

/** That release had no claims, no network interfaces for seats, and one role for all machines. */
const left = { ...whole, interfaces: 0, templates: 3, profiles: 1, roles: 1 }

const tagsOf = (tags: Tag[] = []): Record<string, string | undefined> =>
  Object.fromEntries(tags.map(({ Key = '', Value }) => [Key, Value]))

test('the account is in the state that release e5be164 left', async t => {
  const { ec2, account } = t.context
  await launchedByE5be164(t.context, 'upgrade')
  t.deepEqual(await isWhole(t.context, 'upgrade'), left)
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

test('several clusters of that release can exist in one account', async t => {
  await launchedByE5be164(t.context, 'second')
  t.deepEqual(await isWhole(t.context, 'second'), left)
})

test('a cluster of that release is recognized, claimed, repaired and destroyed', async t => {
  await launchedByE5be164(t.context, 'old')
  const trial = startTrial(t.context, 'old')
  const status = await trial.run('status', ['--json'])
  t.is(status.code, 0, status.stderr)
  const seats: readonly { userData: string }[] = JSON.parse(status.stdout).seats
  t.deepEqual(
    seats.map(({ userData }) => userData),
    ['older', 'older', 'older'],
  )
  const other = await trial.run('launch', ['--yes', '--set', 'mesos_zk_chroot=other'])
  t.is(other.code, 1)
  t.regex(other.stderr, /mesos_zk_chroot: is "mesos" on the running cluster .*; got "other"/)

  const first = await trial.run('launch', ['--yes', '--json'])
  t.is(first.code, 0, first.stderr)
  const plan = JSON.parse(first.stdout)
  t.deepEqual(
    plan.steps.map(({ kind, action }: { kind: string; action: string }) => `${action} ${kind}`),
    [
      'create instance profile',
      'create claim',
      ...Array(3).fill('update launch template'),
      // Pinned to the version that their machines run.
      ...Array(2).fill('update pool'),
      ...Array(2).fill('create lifecycle hook'),
      'update formation',
    ],
  )
  // Its user data names the services in Consul differently.
  t.is(plan.outOfDate.length, 6)
  t.deepEqual(JSON.parse((await trial.run('launch', ['--yes', '--json'])).stdout).steps, [])

  // Its machines do not use the network interface of their seat; their successors do.
  await endLeader(t.context, 'old', 2)
  const repaired = await trial.run('launch', ['--yes'])
  t.is(repaired.code, 0, repaired.stderr)
  t.deepEqual(await isWhole(t.context, 'old'), whole)
  const destroyed = await trial.run('destroy', ['--yes'])
  t.is(destroyed.code, 0, destroyed.stderr)
  t.deepEqual(await isWhole(t.context, 'old'), gone)
})

test('of two ensembles from concurrent launches of that release, the one with a quorum is kept', async t => {
  const { ec2 } = t.context
  await launchedByE5be164(t.context, 'twins')
  const { leaders } = await inventoryOf(t.context, 'twins')
  for (const seat of ['4', '5']) {
    const tags = { ...tagsOf(leaders[0]?.Tags), 'mesos-bakery:seat': seat, 'mesos-bakery:leaders': '5' }
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
    await ec2.send(
      new RunInstancesCommand({
        MinCount: 1,
        MaxCount: 1,
        LaunchTemplate: { LaunchTemplateName: 'twins-leaders', Version: '1' },
        SubnetId: t.context.account.subnets[0],
        TagSpecifications: [
          { ResourceType: 'instance', Tags: Tags.filter(({ Key }) => !Key.startsWith('aws:')) },
        ],
      }),
    )
  }
  const trial = startTrial(t.context, 'twins')
  const five = await trial.run('launch', ['--yes', '--leaders', '5'])
  t.is(five.code, 1)
  t.regex(
    five.stderr,
    /leaders of different clusters are running at the same time: 3 of 3 and 2 of 5; to keep one, pass --leaders 3/,
  )
  const three = await trial.run('launch', ['--yes', '--leaders', '3'])
  t.is(three.code, 0, three.stderr)
  t.regex(three.stderr, /- seat +twins-leader-4 +i-[0-9a-f]+, was launched for 5 leaders/)
  t.deepEqual(await isWhole(t.context, 'twins'), whole)
  t.regex((await trial.run('launch', ['--yes', '--leaders', '3'])).stderr, /No changes/)
})
