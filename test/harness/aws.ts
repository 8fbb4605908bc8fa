import { CreateSubnetCommand, CreateVpcCommand, EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'

const REGION = 'us-east-1'

/** A port without a listener: calls fail immediately and cannot leave the machine. */
const CLOSED = 'http://127.0.0.1:1'

/** The resources for tests: a VPC with three subnets in different zones, and an image for each architecture. */
export interface Account {
  vpc: string
  subnets: string[]
  images: { amd64: string; arm64: string }
}

/** The environment for a child process that calls AWS: it uses the stand-in at `url` and cannot reach AWS. */
export function awsEnv(url: string): NodeJS.ProcessEnv {
  return {
    ...noAwsEnv(),
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'AKIATEST000000000000',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
  }
}

/** The environment for a child process that must not call AWS: no credentials, and an endpoint without a server. */
export function noAwsEnv(): NodeJS.ProcessEnv {
  return {
    ...withoutAws(),
    AWS_ENDPOINT_URL: CLOSED,
    AWS_REGION: REGION,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

/** The configuration of SDK clients in tests. */
export function clientConfig(url: string) {
  return {
    endpoint: url,
    region: REGION,
    credentials: { accessKeyId: 'AKIATEST000000000000', secretAccessKey: 'not-a-secret' },
  }
}

/** Creates the resources that tests need, with the image IDs in SSM. The VPC is a /16, such as `10.20`. */
export async function prepareAccount(url: string, prefix = '10.20'): Promise<Account> {
  const ec2 = new EC2Client(clientConfig(url))
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: `${prefix}.0.0/16` }))
  const vpc = Vpc?.VpcId ?? ''
  const subnets: string[] = []
  for (const [index, zone] of ['a', 'b', 'c'].entries()) {
    const place = { VpcId: vpc, CidrBlock: `${prefix}.${index * 16}.0/20`, AvailabilityZone: REGION + zone }
    const { Subnet } = await ec2.send(new CreateSubnetCommand(place))
    subnets.push(Subnet?.SubnetId ?? '')
  }
  const images = { amd64: await image(url, 'amd64'), arm64: await image(url, 'arm64') }
  return { vpc, subnets, images }
}

async function image(url: string, arch: 'amd64' | 'arm64'): Promise<string> {
  const { ImageId = '' } = await new EC2Client(clientConfig(url)).send(
    new RegisterImageCommand({
      Name: `mesos-${arch}`,
      Architecture: arch === 'amd64' ? 'x86_64' : 'arm64',
      RootDeviceName: '/dev/xvda',
      VirtualizationType: 'hvm',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, VolumeType: 'gp3' } }],
    }),
  )
  const parameter = { Name: `/mesos-bakery/mesos/${arch}`, Value: ImageId, Type: 'String' } as const
  await new SSMClient(clientConfig(url)).send(new PutParameterCommand(parameter))
  return ImageId
}

function withoutAws(): NodeJS.ProcessEnv {
  // Child processes need PATH and HOME, but none of the user's AWS settings.
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')))
}
