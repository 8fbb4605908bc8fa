import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeInstanceTypesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type IpPermission,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'
import { makeTemplate, oneFrom } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

async function makeGroup({ ec2, account }: Cloud, name: string): Promise<string> {
  const Tags = [{ Key: 'mesos-bakery:cluster', Value: name }]
  const TagSpecifications = [{ ResourceType: 'security-group' as const, Tags }]
  const group = { GroupName: name, Description: name, VpcId: account.vpc, TagSpecifications }
  return (await ec2.send(new CreateSecurityGroupCommand(group))).GroupId ?? ''
}

function from(GroupId: string, port: number, Description = 'from a test'): IpPermission {
  return { IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: [{ GroupId, Description }] }
}

function allow({ ec2 }: Cloud, GroupId: string, ...IpPermissions: IpPermission[]) {
  return ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }))
}

async function openPorts({ ec2 }: Cloud, cluster: string): Promise<(number | undefined)[]> {
  const Filters = [{ Name: 'tag:mesos-bakery:cluster', Values: [cluster] }]
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))
  return SecurityGroups.flatMap(({ IpPermissions = [] }) => IpPermissions.map(({ FromPort }) => FromPort))
}

test('all rules of a call are added and returned, with their descriptions', async t => {
  const group = await makeGroup(t.context, 'all')
  const { SecurityGroupRules = [] } = await allow(t.context, group, from(group, 5050), from(group, 2181))
  const rules = SecurityGroupRules.map(({ FromPort, Description }) => [FromPort, Description])
  t.deepEqual(rules, [
    [5050, 'from a test'],
    [2181, 'from a test'],
  ])
  t.deepEqual(await openPorts(t.context, 'all'), [5050, 2181])
})

test('a call with an invalid rule adds none', async t => {
  const group = await makeGroup(t.context, 'none')
  const bad = allow(t.context, group, from(group, 1), from('sg-00000000000000000', 2))
  await t.throwsAsync(bad, { name: 'InvalidGroup.NotFound' })
  t.deepEqual(await openPorts(t.context, 'none'), [])
})

test('rules that differ only in their description are duplicates', async t => {
  const group = await makeGroup(t.context, 'twice')
  await allow(t.context, group, from(group, 5050))
  const again = allow(t.context, group, from(group, 5050, 'other words'))
  await t.throwsAsync(again, { name: 'InvalidPermission.Duplicate' })
  await t.throwsAsync(makeGroup(t.context, 'twice'), { name: 'InvalidGroup.Duplicate' })
})

test('a group in use by an instance or a rule of another group is not deleted', async t => {
  const { ec2 } = t.context
  const [used, other] = [await makeGroup(t.context, 'used'), await makeGroup(t.context, 'user')]
  await allow(t.context, other, from(used, 5050))
  await allow(t.context, used, from(used, 5051))
  const remove = (GroupId: string) => ec2.send(new DeleteSecurityGroupCommand({ GroupId }))
  await t.throwsAsync(remove(used), { name: 'DependencyViolation' })

  await makeTemplate(t.context, 'grouped', { SecurityGroupIds: [other] })
  const { Instances } = await ec2.send(new RunInstancesCommand(oneFrom(t.context, 'grouped', 'grouped')))
  await t.throwsAsync(remove(other), { name: 'DependencyViolation' })
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ''] }))
  await t.notThrowsAsync(remove(other))
  await t.notThrowsAsync(remove(used))
})

test('errors contain the name of missing resources', async t => {
  const { ec2 } = t.context
  const subnet = ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-00000000000000000'] }))
  await t.throwsAsync(subnet, { name: 'InvalidSubnetID.NotFound' })
  const type = ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['t9.small' as 't3.small'] }))
  await t.throwsAsync(type, { name: 'InvalidInstanceType' })
})
