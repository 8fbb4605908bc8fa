import type { TemplateSpec } from './step.ts'
import { tagMachine } from './tag-list.ts'

/**
 * What machines start from, as EC2 and CloudFormation take it.
 *
 * @param securityGroupIds ids, or what stands for them in a template; none where a network interface has them
 */
export function templateData<Id>(
  spec: TemplateSpec,
  securityGroupIds: readonly Id[] | undefined,
  userData: Uint8Array | undefined,
) {
  return {
    ImageId: spec.image,
    InstanceType: spec.instanceType as never,
    IamInstanceProfile: { Name: spec.instanceProfile },
    ...(securityGroupIds !== undefined && { SecurityGroupIds: [...securityGroupIds] }),
    // IMDSv2 only, and not through a container's extra hop. Tasks that share the machine's network are kept from it by
    // the image: docs/aws.md, "What tasks can reach".
    MetadataOptions: {
      HttpTokens: 'required' as const,
      HttpEndpoint: 'enabled' as const,
      HttpPutResponseHopLimit: 1,
    },
    BlockDeviceMappings: [
      {
        DeviceName: spec.rootDevice,
        Ebs: {
          Encrypted: true,
          VolumeType: 'gp3' as const,
          VolumeSize: spec.rootVolumeGb,
          DeleteOnTermination: true,
        },
      },
    ],
    TagSpecifications: tagMachine(spec.tags),
    ...(spec.keyName !== undefined && { KeyName: spec.keyName }),
    ...(userData !== undefined && { UserData: Buffer.from(userData).toString('base64') }),
  }
}
