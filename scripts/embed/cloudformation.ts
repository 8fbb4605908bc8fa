import { orRefuse, type Problem } from '../inventory/problems.ts'
import { imageParameter } from '../targets/ec2/image.ts'
import { type Blueprint, blueprintOf, withImages } from './blueprint.ts'
import { type Format, jsonFile, type Material, type OutFile, textFile } from './format.ts'
import { base64Payloads } from './payload.ts'
import { resourcesOf } from './resources.ts'

/** A whole template; or, of one node that was asked for, its `UserData` alone. */
export const cloudformation: Format = {
  kind: 'cluster',
  prints: true,
  write: material => [material.named ? fragmentOf(material) : wholeOf(material)],
}

// In base64 the text means nothing to Fn::Sub, wherever it is pasted.
function fragmentOf({ cluster, nodes }: Material): OutFile {
  const [[name = '', UserData] = []] = Object.entries(base64Payloads(cluster, nodes))
  return jsonFile(`${name}.json`, { UserData })
}

function wholeOf({ cluster, nodes }: Material) {
  const template = templateOf(blueprintOf(cluster, nodes))
  // Hardly indented: up to 51,200 bytes a template can be handed over as it is, above that it has to lie in S3.
  const file = textFile('template.json', `${JSON.stringify(template, null, 1)}\n`)
  return orRefuse(file, tooLarge(file.bytes.length, Object.keys(template.Resources).length))
}

/** The template of a cluster. */
function templateOf(blueprint: Blueprint) {
  const { cluster } = blueprint
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Mesos cluster ${cluster.name}, made by mesos-bakery from its inventory`,
    Parameters: {
      VpcId: { Type: 'AWS::EC2::VPC::Id', Description: 'The VPC of the subnets that the inventory names.' },
      ...Object.fromEntries(blueprint.architectures.map(one => [imageId(one), imageOf(blueprint, one)])),
    },
    Resources: withImages(resourcesOf(blueprint), architecture => ({
      Ref: imageId(architecture),
    })) as ReturnType<typeof resourcesOf>,
    Outputs: {
      Quorum: { Description: 'The votes that decide among the leaders.', Value: String(cluster.quorum) },
      LeaderSecurityGroup: {
        Description: 'The security group of the leaders.',
        Value: { 'Fn::GetAtt': ['LeaderSecurityGroup', 'GroupId'] },
      },
      FollowerSecurityGroup: {
        Description: 'The security group of the followers.',
        Value: { 'Fn::GetAtt': ['FollowerSecurityGroup', 'GroupId'] },
      },
    },
  }
}

function imageId(architecture: string): string {
  return `Image${architecture === 'arm64' ? 'Arm64' : 'Amd64'}`
}

function imageOf({ cluster: { image } }: Blueprint, architecture: 'amd64' | 'arm64') {
  const Description = `The image of the ${architecture} machines.`
  return image.id === undefined
    ? {
        Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
        Default: imageParameter(image.name, architecture),
        Description,
      }
    : { Type: 'AWS::EC2::Image::Id', Default: image.id, Description }
}

// CloudFormation User Guide, "Understand CloudFormation quotas".
const limits = { bytes: 1_000_000, resources: 500 }

function tooLarge(bytes: number, resources: number): readonly Problem[] {
  const problem = (what: string) => [
    { path: 'template', message: what, help: 'give the pools clusters of their own, or use another format' },
  ]
  return [
    ...(bytes > limits.bytes ? problem(`has ${bytes} bytes, CloudFormation takes ${limits.bytes}`) : []),
    ...(resources > limits.resources
      ? problem(`has ${resources} resources, CloudFormation takes ${limits.resources}`)
      : []),
  ]
}
