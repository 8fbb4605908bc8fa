import { DescribeImagesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2'
import { GetParametersCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import anyTest, { type TestFn } from 'ava'
import { awsEnv, noAwsEnv } from './aws.ts'
import { type Cloud, cloudTests } from './cloud.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

anyTest('a child process does not inherit the AWS settings of the user', t => {
  Object.assign(process.env, {
    AWS_PROFILE: 'work',
    AWS_ENDPOINT_URL_EC2: 'http://ec2',
    AWS_SESSION_TOKEN: 'real',
  })
  const aws = Object.entries(awsEnv('http://127.0.0.1:5000')).filter(([name]) => name.startsWith('AWS_'))
  t.deepEqual(Object.fromEntries(aws), {
    AWS_ACCESS_KEY_ID: 'AKIATEST000000000000',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:5000',
    AWS_REGION: 'us-east-1',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  })
})

anyTest(
  'a child process that must not call AWS has no credentials, and an endpoint without a server',
  async t => {
    const { AWS_ENDPOINT_URL = '', AWS_ACCESS_KEY_ID, PATH } = noAwsEnv()
    t.is(AWS_ACCESS_KEY_ID, undefined)
    t.truthy(PATH)
    await t.throwsAsync(fetch(AWS_ENDPOINT_URL))
  },
)

test('the account has subnets in three zones, and an image for each architecture in SSM', async t => {
  const { account, ec2, ssm, sts } = t.context
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: account.subnets }))
  t.is(new Set(Subnets.map(subnet => subnet.AvailabilityZone)).size, 3)
  t.true(Subnets.every(subnet => subnet.VpcId === account.vpc))

  const Names = ['/mesos-bakery/mesos/amd64', '/mesos-bakery/mesos/arm64']
  const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names }))
  const ids = Names.map(name => Parameters.find(parameter => parameter.Name === name)?.Value ?? '')
  t.deepEqual(ids, [account.images.amd64, account.images.arm64])

  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: ids }))
  const architecture = (id: string) => Images.find(image => image.ImageId === id)?.Architecture
  t.deepEqual(ids.map(architecture), ['x86_64', 'arm64'])
  for (const image of Images) t.like(image, { RootDeviceName: '/dev/xvda', RootDeviceType: 'ebs' })
  t.is((await sts.send(new GetCallerIdentityCommand({}))).Account, '123456789012')
})
