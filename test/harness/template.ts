import {
  CreateLaunchTemplateCommand,
  type RequestLaunchTemplateData,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2'
import type { Cloud } from './cloud.ts'

/** User data in the encoding of the API. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Creates a launch template with the minimum that an instance requires, and returns its ID. */
export async function makeTemplate(
  cloud: Cloud,
  name: string,
  data: RequestLaunchTemplateData = {},
): Promise<string> {
  const defaults = {
    ImageId: cloud.account.images.amd64,
    InstanceType: 't3.small',
    UserData: base64('#cloud-config\n'),
  } as const
  const { LaunchTemplate } = await cloud.ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: { ...defaults, ...data },
    }),
  )
  return LaunchTemplate?.LaunchTemplateId ?? ''
}

/** An instance from the latest version of a template, in the first subnet of the account. */
export function oneFrom(cloud: Cloud, template: string, token: string): RunInstancesCommandInput {
  return {
    MinCount: 1,
    MaxCount: 1,
    LaunchTemplate: { LaunchTemplateName: template, Version: '$Latest' },
    SubnetId: cloud.account.subnets[0],
    ClientToken: token,
  }
}
