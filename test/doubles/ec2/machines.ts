import { groupOf, interfaceOf, makeInterface, subnets } from './network.ts'
import {
  fromTags,
  holderOf,
  isKnown,
  type Machine,
  newId,
  passes,
  type Store,
  stateOf,
  tagsFor,
  toTags,
} from './store.ts'
import { templateNamed, versionOf } from './templates.ts'
import { awsError } from './world.ts'

// Instances and their volumes, as in EC2.

// biome-ignore lint/suspicious/noExplicitAny: the double takes what the SDK's types allow, and answers as EC2 does
type Input = any

export function runInstances(store: Store, input: Input, pool?: string) {
  const named = input.LaunchTemplate
  const version = named && versionOf(store, templateNamed(store, named.LaunchTemplateName), named.Version)
  const data = { ...version?.data, ...input }
  const tags = {
    ...tagsFor('instance', version?.data.TagSpecifications),
    ...tagsFor('instance', input.TagSpecifications),
  }
  checkProfile(store, data.IamInstanceProfile?.Name)
  if (!store.images.has(data.ImageId)) throw awsError('InvalidAMIID.NotFound')
  const nic: string | undefined = input.NetworkInterfaces?.[0].NetworkInterfaceId
  if (nic !== undefined && (data.SubnetId || data.SecurityGroupIds))
    throw awsError('InvalidParameterCombination')
  for (const id of data.SecurityGroupIds ?? []) groupOf(store, id)
  if (nic === undefined && !subnets.includes(data.SubnetId)) throw awsError('InvalidSubnetID.NotFound')
  if (nic !== undefined) {
    interfaceOf(store, nic)
    if (holderOf(store, nic)) throw awsError('InvalidNetworkInterface.InUse')
  }
  if (input.DryRun) throw awsError('DryRunOperation')
  const own = { subnet: data.SubnetId, groups: [...(data.SecurityGroupIds ?? [])], tags: {}, ofMachine: true }
  const id = newId(store, 'i')
  store.machines.set(id, {
    id,
    tags,
    madeAt: store.world.clock.now(),
    nic: nic ?? makeInterface(store, own),
    userData: Buffer.from(data.UserData ?? '', 'base64').toString(),
    type: data.InstanceType,
    image: data.ImageId,
    keyName: data.KeyName,
    rootGb: data.BlockDeviceMappings?.[0]?.Ebs?.VolumeSize ?? 8,
    pool,
    templateVersion: String(version?.number),
    guarded: data.DisableApiTermination === true,
    stopped: false,
    endedAt: undefined,
  })
  return { Instances: [{ InstanceId: id }] }
}

/** A profile and its role become visible to EC2 some time after they are created in IAM. */
export function checkProfile(store: Store, name: string | undefined): void {
  if (name === undefined) return
  const profile = store.profiles.get(name)
  if (profile === undefined || !isKnown(store, 'iam', profile)) {
    const message = `Value (${name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`
    throw awsError('InvalidParameterValue', message)
  }
  if (profile.role === undefined || !isKnown(store, 'iam', { madeAt: profile.role.since })) {
    throw awsError('InvalidParameterValue', `IAM Instance Profile "${name}" has no associated IAM Roles`)
  }
}

function describeInstances(store: Store, input: Input) {
  const found = [...store.machines.values()].filter(machine => {
    const state = stateOf(store, machine)
    if (state === undefined || !isKnown(store, 'machines', machine)) return false
    return passes(input.Filters, machine.tags, {
      'instance-id': machine.id,
      'instance-state-name': state,
      'network-interface.network-interface-id': machine.nic,
    })
  })
  return {
    Reservations: found.length === 0 ? [] : [{ Instances: found.map(machine => shown(store, machine)) }],
  }
}

function shown(store: Store, machine: Machine) {
  const state = stateOf(store, machine)
  const nic = state === 'terminated' ? undefined : store.interfaces.get(machine.nic)
  const tags =
    machine.pool === undefined ? machine.tags : { ...machine.tags, 'aws:autoscaling:groupName': machine.pool }
  return {
    InstanceId: machine.id,
    State: { Name: state },
    Tags: fromTags(tags),
    ImageId: machine.image,
    InstanceType: machine.type,
    KeyName: machine.keyName,
    SubnetId: nic?.subnet,
    PrivateIpAddress: nic?.address,
    RootDeviceName: '/dev/xvda',
    NetworkInterfaces: nic === undefined ? [] : [{ NetworkInterfaceId: nic.id }],
  }
}

function describeVolumes(store: Store, input: Input) {
  const found = [...store.machines.values()].filter(
    machine =>
      isKnown(store, 'machines', machine) &&
      machine.endedAt === undefined &&
      passes(input.Filters, machine.tags, {}),
  )
  return {
    Volumes: found.map(({ id, rootGb }) => ({
      VolumeId: `vol-${id}`,
      Size: rootGb,
      Attachments: [{ InstanceId: id, Device: '/dev/xvda' }],
    })),
  }
}

function machineOf(store: Store, id: string): Machine {
  const machine = store.machines.get(id)
  if (
    machine === undefined ||
    stateOf(store, machine) === undefined ||
    !isKnown(store, 'machines', machine)
  ) {
    throw awsError('InvalidInstanceID.NotFound')
  }
  return machine
}

function describeInstanceAttribute(store: Store, { InstanceId }: Input) {
  return { UserData: { Value: Buffer.from(machineOf(store, InstanceId).userData).toString('base64') } }
}

function modifyInstanceAttribute(store: Store, { InstanceId, DisableApiTermination }: Input) {
  const machine = machineOf(store, InstanceId)
  if (machine.endedAt !== undefined) throw awsError('IncorrectInstanceState')
  machine.guarded = DisableApiTermination.Value
  return {}
}

function terminateInstances(store: Store, { InstanceIds }: Input) {
  const machines: Machine[] = InstanceIds.map((id: string) => machineOf(store, id))
  if (machines.some(({ guarded, endedAt }) => guarded && endedAt === undefined))
    throw awsError('OperationNotPermitted')
  for (const machine of machines) end(store, machine)
  return {}
}

/** Terminates an instance, and deletes what was created with it. */
export function end(store: Store, machine: Machine): void {
  machine.endedAt ??= store.world.clock.now()
  store.world.at(3_000, () => {
    if (store.interfaces.get(machine.nic)?.ofMachine === true) store.interfaces.delete(machine.nic)
  })
}

function createTags(store: Store, { Resources, Tags }: Input) {
  for (const id of Resources.map((one: string) => one.replace(/^vol-/, ''))) {
    const found =
      store.machines.get(id) ?? store.interfaces.get(id) ?? store.templates.get(id) ?? store.groups.get(id)
    if (found === undefined) throw awsError('InvalidID')
    Object.assign(found.tags, toTags(Tags))
  }
  return {}
}

/** The calls by name. */
export const machineCalls = {
  describeInstances,
  describeVolumes,
  describeInstanceAttribute,
  modifyInstanceAttribute,
  terminateInstances,
  createTags,
}
