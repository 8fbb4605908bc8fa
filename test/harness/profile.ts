import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
} from '@aws-sdk/client-iam'
import type { Cloud } from './cloud.ts'

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

/** Creates an instance profile with a role of the same name. */
export async function makeProfile(cloud: Cloud, name: string): Promise<void> {
  await cloud.iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }))
  await addRole(cloud, name)
}

/** Creates a role and adds it to the instance profile of the same name. */
export async function addRole({ iam }: Cloud, name: string): Promise<void> {
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }))
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }))
}
