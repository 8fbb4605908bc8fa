import {
  CreateLaunchTemplateCommand,
  type RequestLaunchTemplateData,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2'
import type { Cloud } from './cloud.ts'

/** User-data as the API takes it. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Makes a launch template with the little that a machine needs, and answers its id. */
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

/** One machine from the latest version of a template, in the account's first subnet. */
export function oneFrom(cloud: Cloud, template: string, token: string): RunInstancesCommandInput {
  return {
    MinCount: 1,
    MaxCount: 1,
    LaunchTemplate: { LaunchTemplateName: template, Version: '$Latest' },
    SubnetId: cloud.account.subnets[0],
    ClientToken: token,
  }
}
