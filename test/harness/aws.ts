import { CreateSubnetCommand, CreateVpcCommand, EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'

const REGION = 'us-east-1'

/** A port that nothing listens on: calls fail at once instead of leaving the machine. */
const CLOSED = 'http://127.0.0.1:1'

/** What a test may use: one VPC with three subnets in as many zones, and an image per architecture. */
export interface Account {
  vpc: string
  subnets: string[]
  images: { amd64: string; arm64: string }
}

/**
 * The environment for a child that calls AWS: it reaches the stand-in at `url`, and can't reach the cloud.
 */
export function awsEnv(url: string): NodeJS.ProcessEnv {
  return {
    ...noAwsEnv(),
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'AKIATEST000000000000',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
  }
}

/** The environment for a child that must not call AWS: no credential, and an endpoint that nobody answers. */
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

/** What an SDK client in a test is made with. */
export function clientConfig(url: string) {
  return {
    endpoint: url,
    region: REGION,
    credentials: { accessKeyId: 'AKIATEST000000000000', secretAccessKey: 'not-a-secret' },
  }
}

/** Makes what tests need before they run the product, with the images' ids where it looks them up in SSM. */
export async function prepareAccount(url: string): Promise<Account> {
  const ec2 = new EC2Client(clientConfig(url))
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.20.0.0/16' }))
  const vpc = Vpc?.VpcId ?? ''
  const subnets: string[] = []
  for (const [index, zone] of ['a', 'b', 'c'].entries()) {
    const place = { VpcId: vpc, CidrBlock: `10.20.${index * 16}.0/20`, AvailabilityZone: REGION + zone }
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
  // A child needs PATH and HOME, and none of the user's AWS settings
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')))
}
