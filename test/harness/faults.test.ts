import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import { CreateSecurityGroupCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { ListRolesCommand } from '@aws-sdk/client-iam'
import { GetParametersCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import anyTest, { type TestFn } from 'ava'
import { clientConfig } from './aws.ts'
import { type Cloud, cloudTests } from './cloud.ts'
import { cut, delay, deny, dropReply, edit, fail, hang, hangAfter, hook, throttle } from './faults.ts'
import { REFUSED_KEY } from './faulty-service.ts'
import { sequentialRoundTrips } from './round-trips.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

/** An inexpensive call to each service. */
function everyService({ ec2, autoScaling, iam, ssm, sts }: Cloud) {
  return {
    ec2: () => ec2.send(new DescribeVpcsCommand({})),
    autoScaling: () => autoScaling.send(new DescribeAutoScalingGroupsCommand({})),
    iam: () => iam.send(new ListRolesCommand({})),
    ssm: () => ssm.send(new GetParametersCommand({ Names: ['/x'] })),
    sts: () => sts.send(new GetCallerIdentityCommand({})),
  }
}

async function answers(cloud: Cloud): Promise<Record<string, string>> {
  const named: Record<string, string> = {}
  for (const [service, call] of Object.entries(everyService(cloud))) {
    named[service] = await call().then(
      () => 'ok',
      error => `${error.name} ${error.$metadata?.httpStatusCode}`,
    )
  }
  return named
}

/** Creates a group. Returns the name of the error, and whether the group exists. */
async function makeGroup({ ec2, proxy, account }: Cloud, name: string) {
  const make = () =>
    ec2.send(new CreateSecurityGroupCommand({ GroupName: name, Description: name, VpcId: account.vpc }), {
      abortSignal: AbortSignal.timeout(500),
    })
  const error = await make().then(
    () => 'ok',
    error => error.code ?? error.name,
  )
  proxy.clearFaults()
  const again = await make().then(
    () => 'ok',
    error => error.name,
  )
  return { error, applied: again === 'InvalidGroup.Duplicate' }
}

test('every service throttles with its own error', async t => {
  t.context.proxy.fault(throttle('*'))
  t.deepEqual(await answers(t.context), {
    ec2: 'RequestLimitExceeded 503',
    autoScaling: 'Throttling 400',
    iam: 'Throttling 400',
    ssm: 'ThrottlingException 400',
    sts: 'Throttling 400',
  })
})

test('every service denies with its own error, which names the user and the action', async t => {
  t.context.proxy.fault(deny('*'))
  t.deepEqual(await answers(t.context), {
    ec2: 'UnauthorizedOperation 403',
    autoScaling: 'AccessDenied 403',
    iam: 'AccessDenied 403',
    ssm: 'AccessDeniedException 400',
    sts: 'AccessDenied 403',
  })
  const denied = t.context.ec2.send(new DescribeVpcsCommand({}))
  const message =
    /^You are not authorized to perform this operation\. User: .* perform: ec2:DescribeVpcs because/
  await t.throwsAsync(denied, { message })
})

test('every service rejects a credential with its own error', async t => {
  const { ec2, autoScaling, iam, ssm, sts } = t.context
  const refused = async () => ({ accessKeyId: REFUSED_KEY, secretAccessKey: 'x' })
  const clients = [ec2, autoScaling, iam, ssm, sts]
  const good = clients.map(client => client.config.credentials)
  for (const client of clients) client.config.credentials = refused
  t.deepEqual(await answers(t.context), {
    ec2: 'AuthFailure 401',
    autoScaling: 'InvalidClientTokenId 403',
    iam: 'InvalidClientTokenId 403',
    ssm: 'UnrecognizedClientException 400',
    sts: 'InvalidClientTokenId 403',
  })
  for (const [index, client] of clients.entries()) client.config.credentials = good[index] ?? refused
})

test('a fault affects the selected calls', async t => {
  const { proxy, ec2 } = t.context
  const take = proxy.fault(throttle('DescribeVpcs', { skip: 1, times: 2 }))
  const seen: string[] = []
  for (let n = 0; n < 4; n++) {
    seen.push(
      await ec2.send(new DescribeVpcsCommand({})).then(
        () => 'ok',
        error => error.name,
      ),
    )
  }
  t.deepEqual(seen, ['ok', 'RequestLimitExceeded', 'RequestLimitExceeded', 'ok'])
  take()
  proxy.fault(throttle('OtherAction'))
  await t.notThrowsAsync(ec2.send(new DescribeVpcsCommand({})))
})

test('the SDK retries a throttled call', async t => {
  const { proxy } = t.context
  proxy.fault(throttle('DescribeVpcs', { times: 2 }))
  await t.notThrowsAsync(new EC2Client(clientConfig(proxy.url)).send(new DescribeVpcsCommand({})))
})

test('a test may choose the error', async t => {
  const { proxy, ec2 } = t.context
  proxy.fault(fail('DescribeVpcs', { status: 400, code: 'Odd<Thing', message: 'a & b' }))
  await t.throwsAsync(ec2.send(new DescribeVpcsCommand({})), { name: 'Odd<Thing', message: 'a & b' })
})

test('a reply is dropped after the call took effect, a connection is cut before', async t => {
  t.context.proxy.fault(dropReply('CreateSecurityGroup', { times: 1 }))
  t.deepEqual(await makeGroup(t.context, 'dropped'), { error: 'ECONNRESET', applied: true })
  t.context.proxy.fault(cut('CreateSecurityGroup', { times: 1 }))
  t.deepEqual(await makeGroup(t.context, 'cut'), { error: 'ECONNRESET', applied: false })
})

test("an answer may come later than a client's patience, after the call took effect or not", async t => {
  t.context.proxy.fault(hangAfter('CreateSecurityGroup', { times: 1 }))
  t.deepEqual(await makeGroup(t.context, 'late'), { error: 'AbortError', applied: true })
  t.context.proxy.fault(hang('CreateSecurityGroup', { times: 1 }))
  t.deepEqual(await makeGroup(t.context, 'never'), { error: 'AbortError', applied: false })
})

test('a test may act when a call arrives, and modify its reply', async t => {
  const { proxy, ec2 } = t.context
  const seen: string[] = []
  proxy.fault(hook('DescribeVpcs', request => void seen.push(`${request.service} ${request.action}`)))
  proxy.fault(edit('DescribeVpcs', text => text.replaceAll('10.20.0.0/16', '10.99.0.0/16')))
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}))
  t.true(Vpcs.some(vpc => vpc.CidrBlock === '10.99.0.0/16'))
  t.deepEqual(seen, ['ec2 DescribeVpcs'])
})

test('calls are recorded with their parameters and times', async t => {
  const { proxy, ec2, ssm } = t.context
  proxy.calls.length = 0
  proxy.fault(delay(30))
  const vpcs = () => ec2.send(new DescribeVpcsCommand({ VpcIds: [t.context.account.vpc] }))
  await Promise.all([vpcs(), vpcs(), vpcs()])
  await ssm.send(new GetParametersCommand({ Names: ['/x', '/y'] }))
  const [first, , , last] = proxy.calls
  t.like(first, { service: 'ec2', action: 'DescribeVpcs', status: 200 })
  t.is(first?.params['VpcId.1'], t.context.account.vpc)
  t.like(last, { service: 'ssm', action: 'GetParameters', params: { 'Names.1': '/x', 'Names.2': '/y' } })
  t.true(proxy.calls.every(call => call.end - call.start >= 29))
  t.is(sequentialRoundTrips(proxy.calls), 2)
})

test('a reset deletes calls, faults and all resources', async t => {
  const { proxy, ec2, account } = t.context
  proxy.fault(deny('*'))
  await proxy.reset()
  t.deepEqual(proxy.calls, [])
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}))
  t.false(Vpcs.some(vpc => vpc.VpcId === account.vpc))
})
