import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetInstanceProfileCommand,
  GetRoleCommand,
  ListInstanceProfileTagsCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
} from '@aws-sdk/client-iam'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const tags = [{ Key: 'mesos-bakery:cluster', Value: 'demo' }]
const names = { InstanceProfileName: 'demo', RoleName: 'demo' }
const policy = { RoleName: 'demo', PolicyName: 'join' }

function statement(rest: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...rest }] })
}

test('a role and its profile are created once, found by their tags, and deleted in order', async t => {
  const { iam } = t.context
  const trust = statement({ Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' })
  const role = { RoleName: 'demo', AssumeRolePolicyDocument: trust, Tags: tags }
  const rights = { ...policy, PolicyDocument: statement({ Action: 'ec2:DescribeInstances', Resource: '*' }) }
  const profile = { InstanceProfileName: 'demo', Tags: tags }
  const taken = { name: 'EntityAlreadyExistsException' }
  const missing = { name: 'NoSuchEntityException' }
  const conflict = { name: 'DeleteConflictException' }

  await t.throwsAsync(iam.send(new GetRoleCommand(names)), missing)
  await t.throwsAsync(iam.send(new GetInstanceProfileCommand(names)), missing)
  await iam.send(new CreateRoleCommand(role))
  await t.throwsAsync(iam.send(new CreateRoleCommand(role)), taken)
  await iam.send(new PutRolePolicyCommand(rights))
  await iam.send(new CreateInstanceProfileCommand(profile))
  await t.throwsAsync(iam.send(new CreateInstanceProfileCommand(profile)), taken)
  await iam.send(new AddRoleToInstanceProfileCommand(names))

  t.deepEqual((await iam.send(new ListRoleTagsCommand(names))).Tags, tags)
  t.deepEqual((await iam.send(new ListInstanceProfileTagsCommand(names))).Tags, tags)
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand(names))
  t.deepEqual(
    InstanceProfile?.Roles?.map(({ RoleName }) => RoleName),
    ['demo'],
  )

  await t.throwsAsync(iam.send(new DeleteInstanceProfileCommand(names)), conflict)
  await iam.send(new RemoveRoleFromInstanceProfileCommand(names))
  await t.throwsAsync(iam.send(new RemoveRoleFromInstanceProfileCommand(names)), missing)
  await iam.send(new DeleteInstanceProfileCommand(names))
  await t.throwsAsync(iam.send(new DeleteRoleCommand(names)), conflict)
  await iam.send(new DeleteRolePolicyCommand(policy))
  await t.throwsAsync(iam.send(new DeleteRolePolicyCommand(policy)), missing)
  await iam.send(new DeleteRoleCommand(names))
  await t.throwsAsync(iam.send(new DeleteRoleCommand(names)), missing)
})
