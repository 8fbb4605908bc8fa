import {
  AttachNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  ModifyInstanceAttributeCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'
import { interfacesOf, makeInterface, oneOn } from './interface.ts'
import { makeTemplate, oneFrom } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const nowhere = 'eni-00000000000000000'
const inUse = (id: string) => ({
  name: 'InvalidNetworkInterface.InUse',
  message: `Interface: [${id}] in use.`,
})

async function makeGroup({ ec2, account }: Cloud, name: string, VpcId = account.vpc): Promise<string> {
  const group = { GroupName: name, Description: name, VpcId }
  return (await ec2.send(new CreateSecurityGroupCommand(group))).GroupId ?? ''
}

async function run({ ec2 }: Cloud, input: RunInstancesCommandInput): Promise<string> {
  const { Instances } = await ec2.send(new RunInstancesCommand(input))
  return Instances?.[0]?.InstanceId ?? ''
}

async function describe({ ec2 }: Cloud, id: string) {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
  return Reservations?.[0]?.Instances?.[0]
}

async function end({ ec2 }: Cloud, id: string): Promise<void> {
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
}

async function freeAddresses({ ec2 }: Cloud, id: string | undefined): Promise<number | undefined> {
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id ?? ''] }))
  return Subnets?.[0]?.AvailableIpAddressCount
}

test('an instance with an existing interface has its address, subnet and groups', async t => {
  const { account } = t.context
  const group = await makeGroup(t.context, 'on')
  await makeTemplate(t.context, 'on')
  const id = await makeInterface(t.context, 'on', { Groups: [group] })
  const [before] = await interfacesOf(t.context, 'on')
  t.like(before, {
    NetworkInterfaceId: id,
    Status: 'available',
    SubnetId: account.subnets[1],
    VpcId: account.vpc,
    Description: 'seat on',
    TagSet: [{ Key: 'seat', Value: 'on' }],
    Groups: [{ GroupId: group, GroupName: 'on' }],
    Attachment: undefined,
  })

  const machine = await describe(t.context, await run(t.context, oneOn(t.context, 'on', id)))
  t.like(machine, {
    SubnetId: account.subnets[1],
    VpcId: account.vpc,
    PrivateIpAddress: before?.PrivateIpAddress,
    PublicIpAddress: undefined,
    SecurityGroups: [{ GroupId: group, GroupName: 'on' }],
    Placement: { AvailabilityZone: 'us-east-1b' },
  })
  t.is(machine?.NetworkInterfaces?.length, 1)
  t.is(machine?.NetworkInterfaces?.[0]?.NetworkInterfaceId, id)
  const [after] = await interfacesOf(t.context, 'on')
  t.like(after, { Status: 'in-use', Groups: [{ GroupId: group }] })
  t.like(after?.Attachment, {
    InstanceId: machine?.InstanceId,
    DeviceIndex: 0,
    DeleteOnTermination: false,
    Status: 'attached',
  })
})

test('an interface is attached to one instance until it is terminated', async t => {
  const { ec2, proxy } = t.context
  await makeTemplate(t.context, 'one')
  const id = await makeInterface(t.context, 'one')
  const [before] = await interfacesOf(t.context, 'one')
  const launch = (token: string) => run(t.context, oneOn(t.context, 'one', id, token))
  const first = await launch('one-1')
  await t.throwsAsync(launch('one-2'), inUse(id))
  const attach = { NetworkInterfaceId: id, InstanceId: first, DeviceIndex: 1 }
  await t.throwsAsync(ec2.send(new AttachNetworkInterfaceCommand(attach)), inUse(id))

  await proxy.delays({ shutdowns: 60_000 })
  await end(t.context, first)
  await t.throwsAsync(launch('one-3'), inUse(id))
  await proxy.advance(60_000)
  const [free] = await interfacesOf(t.context, 'one')
  t.like(free, { Status: 'available', Attachment: undefined, PrivateIpAddress: before?.PrivateIpAddress })
  await t.notThrowsAsync(launch('one-4'))
})

test('concurrent launches with one interface create one instance', async t => {
  await makeTemplate(t.context, 'race')
  const id = await makeInterface(t.context, 'race')
  const launches = [1, 2, 3].map(one => run(t.context, oneOn(t.context, 'race', id, `race-${one}`)))
  const ended = await Promise.allSettled(launches)
  t.is(ended.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('an interface is deleted only if it is not attached, and not with an instance that it existed before', async t => {
  const { ec2 } = t.context
  await makeTemplate(t.context, 'delete')
  const id = await makeInterface(t.context, 'delete')
  const remove = (NetworkInterfaceId: string) =>
    ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))
  const machine = await run(t.context, oneOn(t.context, 'delete', id))
  const used = { name: 'InvalidParameterValue', message: `Network interface '${id}' is currently in use.` }
  await t.throwsAsync(remove(id), used)
  await end(t.context, machine)
  t.is((await interfacesOf(t.context, 'delete')).length, 1)
  await remove(id)
  t.deepEqual(await interfacesOf(t.context, 'delete'), [])
  const missing = { name: 'InvalidNetworkInterfaceID.NotFound' }
  await t.throwsAsync(remove(id), missing)
  await t.throwsAsync(run(t.context, oneOn(t.context, 'delete', nowhere)), missing)
})

test('an interface that was created with an instance is deleted with it, and its address is available again', async t => {
  const [subnet] = t.context.account.subnets
  await makeTemplate(t.context, 'with')
  const before = await freeAddresses(t.context, subnet)
  const id = await run(t.context, oneFrom(t.context, 'with', 'with'))
  t.is(await freeAddresses(t.context, subnet), (before ?? 0) - 1)
  await end(t.context, id)
  t.is(await freeAddresses(t.context, subnet), before)
  t.like(await describe(t.context, id), {
    State: { Name: 'terminated' },
    SubnetId: undefined,
    VpcId: undefined,
    PrivateIpAddress: undefined,
    NetworkInterfaces: [],
    SecurityGroups: [],
  })
})

test('network interfaces exclude a subnet, groups and an address in the call, and groups in its template', async t => {
  const { account } = t.context
  const group = await makeGroup(t.context, 'both')
  await makeTemplate(t.context, 'both')
  await makeTemplate(t.context, 'both-groups', { SecurityGroupIds: [group] })
  await makeTemplate(t.context, 'both-interfaces', {
    NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: account.subnets[0], Groups: [group] }],
  })
  const id = await makeInterface(t.context, 'both')
  const together = (what: string) => ({
    name: 'InvalidParameterCombination',
    message: `Network interfaces and an instance-level ${what} may not be specified on the same request`,
  })
  const launch = oneOn(t.context, 'both', id)
  const SubnetId = account.subnets[1]
  await t.throwsAsync(run(t.context, { ...launch, SubnetId }), together('subnet ID'))
  await t.throwsAsync(run(t.context, { ...launch, SecurityGroupIds: [group] }), together('security groups'))
  const PrivateIpAddress = '10.20.16.99'
  await t.throwsAsync(run(t.context, { ...launch, PrivateIpAddress }), together('private IP address'))
  const ofTemplate = run(t.context, oneOn(t.context, 'both-groups', id))
  await t.throwsAsync(ofTemplate, together('security groups'))
  const subnetToo = run(t.context, oneFrom(t.context, 'both-interfaces', 'both'))
  await t.throwsAsync(subnetToo, together('subnet ID'))

  const own = (more: object) =>
    run(t.context, { ...launch, NetworkInterfaces: [{ NetworkInterfaceId: id, DeviceIndex: 0, ...more }] })
  const combined = { name: 'InvalidParameterCombination' }
  await t.throwsAsync(own({ SubnetId }), combined)
  await t.throwsAsync(own({ Groups: [group] }), combined)
  await t.throwsAsync(own({ DeleteOnTermination: true }), combined)
  await t.throwsAsync(own({ AssociatePublicIpAddress: true }), combined)
  await t.throwsAsync(run(t.context, { ...launch, MaxCount: 2, MinCount: 2 }), combined)
  await t.notThrowsAsync(own({ DeleteOnTermination: false }))
})

test('a group in use by an interface is not deleted', async t => {
  const { ec2 } = t.context
  const group = await makeGroup(t.context, 'held')
  const id = await makeInterface(t.context, 'held', { Groups: [group] })
  const remove = () => ec2.send(new DeleteSecurityGroupCommand({ GroupId: group }))
  await t.throwsAsync(remove(), { name: 'DependencyViolation' })
  await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }))
  await t.notThrowsAsync(remove())
})

test('changing the groups of an interface changes those of its instance', async t => {
  const { ec2 } = t.context
  const [first, second] = [await makeGroup(t.context, 'first'), await makeGroup(t.context, 'second')]
  await makeTemplate(t.context, 'change')
  const id = await makeInterface(t.context, 'change', { Groups: [first] })
  const machine = await run(t.context, oneOn(t.context, 'change', id))
  const groups = async () => [
    (await interfacesOf(t.context, 'change'))[0]?.Groups?.map(({ GroupId }) => GroupId),
    (await describe(t.context, machine))?.SecurityGroups?.map(({ GroupId }) => GroupId),
  ]
  const change = (more: object) =>
    ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: id, ...more }))
  await change({ Groups: [second] })
  t.deepEqual(await groups(), [[second], [second]])
  await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: machine, Groups: [first, second] }))
  t.deepEqual(await groups(), [
    [first, second],
    [first, second],
  ])
  await t.throwsAsync(change({ Groups: ['sg-00000000000000000'] }), { name: 'InvalidGroup.NotFound' })
  await t.throwsAsync(change({ NetworkInterfaceId: nowhere, Groups: [first] }), {
    name: 'InvalidNetworkInterfaceID.NotFound',
  })
  const two = { Groups: [first], Description: { Value: 'x' } }
  await t.throwsAsync(change(two), { name: 'InvalidParameterCombination' })
})

test('an interface gets a public address only if requested', async t => {
  const { ec2 } = t.context
  await makeTemplate(t.context, 'public')
  const id = await makeInterface(t.context, 'public')
  const change = (AssociatePublicIpAddress: boolean) =>
    ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: id, AssociatePublicIpAddress }))
  await change(true)
  t.is((await interfacesOf(t.context, 'public'))[0]?.Association, undefined)
  const machine = await run(t.context, oneOn(t.context, 'public', id))
  t.truthy((await describe(t.context, machine))?.PublicIpAddress)
  await change(false)
  t.is((await describe(t.context, machine))?.PublicIpAddress, undefined)
  await end(t.context, machine)
})

test('an interface is created only with groups of its VPC, and with a free address', async t => {
  const { ec2 } = t.context
  const make = (change: object) => makeInterface(t.context, 'place', change)
  await t.throwsAsync(make({ Groups: ['sg-00000000000000000'] }), { name: 'InvalidGroup.NotFound' })
  await t.throwsAsync(make({ SubnetId: 'subnet-00000000000000000' }), { name: 'InvalidSubnetID.NotFound' })
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.30.0.0/16' }))
  const foreign = await makeGroup(t.context, 'foreign', Vpc?.VpcId)
  await t.throwsAsync(make({ Groups: [foreign] }), { name: 'InvalidParameter' })
  await make({ PrivateIpAddress: '10.20.17.17' })
  await t.throwsAsync(make({ PrivateIpAddress: '10.20.17.17' }), { name: 'InvalidIPAddress.InUse' })

  const small = { VpcId: Vpc?.VpcId ?? '', CidrBlock: '10.30.0.0/28' }
  const { Subnet } = await ec2.send(new CreateSubnetCommand(small))
  for (let address = 0; address < 11; address += 1) await make({ SubnetId: Subnet?.SubnetId })
  t.is(await freeAddresses(t.context, Subnet?.SubnetId), 0)
  const full = { name: 'InsufficientFreeAddressesInSubnet' }
  await t.throwsAsync(make({ SubnetId: Subnet?.SubnetId }), full)
  await makeTemplate(t.context, 'full')
  const launch = { ...oneFrom(t.context, 'full', 'full'), SubnetId: Subnet?.SubnetId }
  await t.throwsAsync(run(t.context, launch), full)
})
