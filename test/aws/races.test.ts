import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { DetachInstancesCommand } from '@aws-sdk/client-auto-scaling'
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import { CreateInstanceProfileCommand } from '@aws-sdk/client-iam'
import anyTest, { type TestFn } from 'ava'
import { $ } from 'zx'
import { awsEnv } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { programOf } from '../harness/commands.ts'
import { edit, fail, hook, pending } from '../harness/faults.ts'
import {
  endLeader,
  inventoryOf,
  inventoryText,
  isWhole,
  refused,
  seatsOf,
  startTrial,
  whole,
} from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

/** Hides certain instances, as EC2 may do for some seconds after a launch. */
const hideMachines = (times: number) =>
  edit(
    'DescribeInstances',
    text => text.replace(/<reservationSet>[\s\S]*<\/reservationSet>/, '<reservationSet/>'),
    { times },
  )

test('a plan that waited at the prompt never starts a second machine for a seat', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'stale')
  // The plan is made while nothing exists. Before it is carried out, another run launches the cluster, and loses and
  // replaces a leader.
  const meanwhile = async () => {
    proxy.clearFaults()
    t.is((await trial.run('launch', ['--yes'])).code, 0)
    await endLeader(t.context, 'stale', 1)
    t.is((await trial.run('launch', ['--yes'])).code, 0)
  }
  proxy.fault(hook('CreateSecurityGroup', meanwhile, { skip: 1, times: 1 }))
  const late = await trial.run('launch', ['--yes'])
  t.is(late.code, 0, late.stderr)
  t.deepEqual(seatsOf((await inventoryOf(t.context, 'stale')).leaders), ['1', '2', '3'])
})

test('a machine that is not visible yet is never mistaken for a terminated one', async t => {
  const trial = startTrial(t.context, 'unseen')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  t.context.proxy.fault(hideMachines(1_000))
  const kill = new AbortController()
  setTimeout(() => kill.abort(), 20_000)
  const how = { env: awsEnv(t.context.proxy.url), signal: kill.signal }
  await trial.run('launch', ['--yes', '--set', 'mesos_zk_chroot=other'], how)
  t.context.proxy.clearFaults()
  t.deepEqual(seatsOf((await inventoryOf(t.context, 'unseen')).leaders), ['1', '2', '3'])
})

test('a seat waits until all its former machines are terminated, not until one is no longer listed', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'going')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  await endLeader(t.context, 'going', 1)
  const shown = '<name>shutting-down</name>'
  const slowly = (text: string) =>
    text.replaceAll(/<code>48<\/code>\s*<name>terminated<\/name>/g, `<code>32</code>${shown}`)
  proxy.fault(edit('DescribeInstances', slowly, { times: 4 }))
  const before = proxy.calls.length
  const { code, stderr } = await trial.run('launch', ['--yes'])
  t.is(code, 0, stderr)
  const calls = proxy.calls.slice(before).filter(({ params }) => params.DryRun !== 'true')
  const launchedAt = calls.findIndex(({ action }) => action === 'RunInstances')
  t.true(calls.slice(0, launchedAt).filter(({ action }) => action === 'DescribeInstances').length >= 5)
})

test('calls are retried while a new resource is not visible yet', async t => {
  const { proxy } = t.context
  const notYet = (action: string, code: string, skip = 0) =>
    proxy.fault(fail(action, { status: 400, code, message: 'does not exist' }, { skip, times: 2 }))
  notYet('AuthorizeSecurityGroupIngress', 'InvalidGroup.NotFound')
  notYet('RunInstances', 'InvalidLaunchTemplateName.NotFoundException', 1)
  notYet('PutRolePolicy', 'NoSuchEntity')
  notYet('AddRoleToInstanceProfile', 'NoSuchEntity')
  const { code, stderr } = await startTrial(t.context, 'notyet').run('launch', ['--yes'])
  t.is(code, 0, stderr)
  t.deepEqual(await isWhole(t.context, 'notyet'), whole)
})

test('a stopped leader is reported immediately, not after the timeout', async t => {
  const { ec2 } = t.context
  const trial = startTrial(t.context, 'still')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const [first] = (await inventoryOf(t.context, 'still')).leaders
  await ec2.send(new StopInstancesCommand({ InstanceIds: [first?.InstanceId ?? ''] }))
  const begun = Date.now()
  const { code, stderr } = await trial.run('launch', ['--yes'])
  t.is(code, 1)
  t.true(Date.now() - begun < 60_000)
  t.regex(
    stderr,
    /seat \d: its machine i-[0-9a-f]+ is stopped; start it, or terminate it and run launch again/,
  )
})

test('a machine that terminates during the wait ends the wait with the reason from EC2', async t => {
  const { proxy } = t.context
  proxy.fault(pending(1_000))
  const trial = startTrial(t.context, 'ends')
  const end = async () => {
    await endLeader(t.context, 'ends', 1)
  }
  // Pools are described before the plan, and then during the wait for the machines.
  proxy.fault(hook('DescribeAutoScalingGroups', end, { skip: 1, times: 1 }))
  const { code, stderr } = await trial.run('launch', ['--yes'])
  t.is(code, 1, stderr)
  t.regex(stderr, /seat \d: its machine i-[0-9a-f]+ is (terminated|shutting-down)/)
})

test('a profile with our name that is not ours is refused, and never listed for deletion', async t => {
  const { iam, proxy } = t.context
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'mesos-bakery-us-east-1-alien' }))
  const { code, stderr, written } = await refused(t.context, 'alien', inventoryText(t.context, 'alien'))
  t.is(code, 1)
  t.regex(
    stderr,
    /error: mesos-bakery-us-east-1-alien: an instance profile or role with this name already exists without the tag/,
  )
  t.deepEqual(written, [])
  const before = proxy.calls.length
  const destroy = await startTrial(t.context, 'alien').run('destroy', ['--yes'])
  t.is(destroy.code, 0)
  t.false(proxy.calls.slice(before).some(({ action }) => /^Delete/.test(action)))
})

test('a root volume smaller than its image is reported before anything is created', async t => {
  const text = inventoryText(t.context, 'small').replace(
    'web: { min: 2,',
    'web: { root_volume_gb: 1, min: 2,',
  )
  const { code, stderr, written } = await refused(t.context, 'small', text)
  t.is(code, 1)
  t.regex(
    stderr,
    /error: \S+: groups\.web\.root_volume_gb: is smaller than the \d+ GiB of ami-[0-9a-f]+ \[E053\]\n(.*\n)+.* use at least \d+\n/,
  )
  t.deepEqual(written, [])
})

test('the dry run of a launch sends the same request as the launch', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'question')
  const before = proxy.calls.length
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const runs = proxy.calls.slice(before).filter(({ action }) => action === 'RunInstances')
  const [asked] = runs.filter(({ params }) => params.DryRun === 'true')
  const expected = [
    'MetadataOptions.HttpTokens',
    'BlockDeviceMapping.1.Ebs.Encrypted',
    'UserData',
    'SubnetId',
  ]
  for (const name of expected)
    t.true(asked !== undefined && name in asked.params, `${name} ${JSON.stringify(asked?.params)}`)
  t.true(Object.values(asked?.params ?? {}).includes('mesos-bakery:cluster'))
})

test('a launch continues if the reader of its output closes the pipe', async t => {
  const trial = startTrial(t.context, 'pipe')
  const env = awsEnv(t.context.proxy.url)
  const command = `node ${programOf('launch').join(' ')} --inventory ${trial.file} --yes 2>&1 | head -3`
  await $({ env, nothrow: true, quiet: true })`sh -c ${command}`
  // The last command of the pipe has exited; the launch continues.
  for (let tries = 0; tries < 60 && (await isWhole(t.context, 'pipe')).seats.length < 3; tries += 1) {
    await new Promise(done => setTimeout(done, 500))
  }
  t.deepEqual(await isWhole(t.context, 'pipe'), whole)
})

test('Ctrl-C during the wait for machines does not report that nothing was changed', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'waited')
  proxy.fault(pending(1_000))
  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const args = [...programOf('launch'), '--inventory', trial.file, '--yes']
    const child = spawn('node', args, { env: { ...awsEnv(proxy.url), NODE_ENV: 'production' } })
    let stderr = ''
    child.stderr.on('data', data => {
      if (!stderr.includes('pending (i-') && `${stderr}${data}`.includes('pending (i-')) child.kill(signal)
      stderr += data
    })
    const [code] = await once(child, 'close')
    t.is(code, expected, stderr)
    t.regex(
      stderr,
      /\ninterrupted while waiting\. Nothing was rolled back; run the same command again to keep waiting\.\n$/,
    )
  }
})

test('a machine that left its pool is destroyed with the cluster', async t => {
  const { autoScaling, ec2 } = t.context
  const trial = startTrial(t.context, 'stray')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const { pools } = await inventoryOf(t.context, 'stray')
  const web = pools.find(({ AutoScalingGroupName }) => AutoScalingGroupName === 'stray-web')
  const id = web?.Instances?.[0]?.InstanceId ?? ''
  const detach = {
    AutoScalingGroupName: 'stray-web',
    InstanceIds: [id],
    ShouldDecrementDesiredCapacity: false,
  }
  await autoScaling.send(new DetachInstancesCommand(detach))
  // Auto Scaling removes its tag from an instance that is detached.
  await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'aws:autoscaling:groupName' }] }))
  const { code, stderr } = await trial.run('destroy', ['--yes'])
  t.is(code, 0, stderr)
  t.true(stderr.includes(id))
  t.deepEqual((await inventoryOf(t.context, 'stray')).machines, [])
})

test('a cluster cannot move to another VPC', async t => {
  const { ec2 } = t.context
  t.is((await startTrial(t.context, 'moved').run('launch', ['--yes'])).code, 0)
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.99.0.0/16' }))
  const place = { VpcId: Vpc?.VpcId ?? '', CidrBlock: '10.99.0.0/24' }
  const { Subnet } = await ec2.send(new CreateSubnetCommand(place))
  const text = inventoryText(t.context, 'moved').replaceAll(
    /subnets: \[.*?\]/g,
    `subnets: [${Subnet?.SubnetId}]`,
  )
  const { code, stderr, written } = await refused(t.context, 'moved', text)
  t.is(code, 1)
  t.regex(
    stderr,
    /the subnets are in vpc-\w+, but the cluster was launched in vpc-\w+; use subnets of that VPC, or destroy the cluster first/,
  )
  t.deepEqual(written, [])
})

test('Ctrl-C in the middle of a launch reports what exists', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'ctrlc')
  const env = { ...awsEnv(proxy.url), NODE_ENV: 'production' }
  const child = spawn('node', [...programOf('launch'), '--inventory', trial.file, '--yes'], {
    env,
  })
  let stderr = ''
  child.stderr.on('data', data => {
    stderr += data
  })
  proxy.fault(hook('CreateAutoScalingGroup', () => void child.kill('SIGINT'), { times: 1 }))
  const [code] = await once(child, 'close')
  t.is(code, 130, stderr)
  t.regex(
    stderr,
    /interrupted: \d+ of 17 steps completed; steps in progress may still take effect\.\n( {2}.*\n)* {2}security group mesos-bakery-ctrlc-leader: created sg-/,
  )
  t.regex(stderr, /Nothing was rolled back; run the same command again to resume\.\n$/)
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  t.deepEqual(await isWhole(t.context, 'ctrlc'), whole)
})
