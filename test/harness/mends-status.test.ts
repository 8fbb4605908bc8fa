import {
  DescribeInstanceStatusCommand,
  type DescribeInstanceStatusCommandInput,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'
import { makeTemplate, oneFrom } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

async function run(cloud: Cloud, name: string): Promise<string> {
  await makeTemplate(cloud, name)
  const { Instances } = await cloud.ec2.send(new RunInstancesCommand(oneFrom(cloud, name, name)))
  return Instances?.[0]?.InstanceId ?? ''
}

async function statusOf({ ec2 }: Cloud, id: string) {
  const asked = new DescribeInstanceStatusCommand({ InstanceIds: [id] })
  return (await ec2.send(asked)).InstanceStatuses?.[0]
}

test('events and failed checks end when an instance is stopped and started', async t => {
  const { ec2, proxy } = t.context
  const id = await run(t.context, 'status')
  const ok = { SystemStatus: { Status: 'ok' }, InstanceStatus: { Status: 'ok' } } as const
  t.like(await statusOf(t.context, id), ok)
  const event = { code: 'instance-retirement', notBefore: '2026-12-03T10:00:00Z', id: 'instance-event-1' }
  await proxy.statuses({ [id]: { events: [event], system: '2026-12-01T08:00:00Z' } })
  const status = await statusOf(t.context, id)
  t.like(status, { SystemStatus: { Status: 'impaired' }, InstanceStatus: { Status: 'ok' } })
  t.deepEqual(status?.SystemStatus?.Details?.[0]?.ImpairedSince, new Date('2026-12-01T08:00:00Z'))
  t.like(status?.Events?.[0], {
    InstanceEventId: 'instance-event-1',
    Code: 'instance-retirement',
    NotBefore: new Date('2026-12-03T10:00:00Z'),
  })

  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))
  t.is(await statusOf(t.context, id), undefined)
  await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }))
  const after = await statusOf(t.context, id)
  t.like(after, ok)
  t.regex(after?.Events?.[0]?.Description ?? '', /^\[Completed\] /)
})

test('a call for the status of more than 100 instances, or of instances in pages, is rejected', async t => {
  const id = await run(t.context, 'limits')
  const ask = (input: DescribeInstanceStatusCommandInput) =>
    t.context.ec2.send(new DescribeInstanceStatusCommand(input))
  await t.throwsAsync(ask({ InstanceIds: Array<string>(101).fill(id) }), { name: 'InvalidParameterValue' })
  await t.throwsAsync(ask({ InstanceIds: [id], MaxResults: 10 }), { name: 'InvalidParameterCombination' })
  await t.throwsAsync(ask({ InstanceIds: ['i-00000000000000000'] }), { name: 'InvalidInstanceID.NotFound' })
})
