import type { Instance, RunInstancesCommandInput, Volume } from '@aws-sdk/client-ec2'
import type { Cluster } from '../../../cluster/cluster.ts'
import { tag } from '../../../cluster/tags.ts'
import { Refused } from '../../../inventory/problems.ts'
import { holdsSeat, isRunning } from '../../../plan/machines.ts'
import type { Placement, SeatMachine, Stray } from '../actual.ts'
import type { StepOf } from '../ec2-step.ts'
import { tagMachine } from '../ec2-tags.ts'
import { currentClaim } from './claim.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { everyOf, fromTags, ofCluster } from './tagged.ts'
import { onceVisible, until } from './wait.ts'

/** Every machine that holds a seat of a cluster, or has held one lately. */
export async function observeSeats(aws: Aws, cluster: string): Promise<SeatMachine[]> {
  const instances = await describe(aws, { Filters: ofSeats(cluster) })
  return instances.map(instance => toSeatMachine(instance)).sort((a, b) => a.seat - b.seat)
}

/** The same, with what their volumes tell. */
export async function observeSeatsWithVolumes(aws: Aws, cluster: string): Promise<SeatMachine[]> {
  const ec2 = await aws.ec2()
  const [instances, volumes] = await Promise.all([
    describe(aws, { Filters: ofSeats(cluster) }),
    everyOf(ec2.paginateDescribeVolumes({ Filters: ofSeats(cluster) }), page => page.Volumes),
  ])
  return instances.map(instance => toSeatMachine(instance, volumes)).sort((a, b) => a.seat - b.seat)
}

function ofSeats(cluster: string) {
  return [ofCluster(cluster), { Name: 'tag-key', Values: [tag.seat] }]
}

/** Machines of a cluster that hold no seat and that no pool looks after: nobody else would delete them. */
export async function observeStrays(aws: Aws, cluster: string): Promise<Stray[]> {
  const all = await describe(aws, { Filters: [ofCluster(cluster)] })
  return all.flatMap(({ InstanceId = '', State, Tags }) => {
    const tags = fromTags(Tags)
    const kept = tag.seat in tags || 'aws:autoscaling:groupName' in tags
    return kept || State?.Name === 'terminated' ? [] : [{ id: InstanceId, name: tags.Name ?? InstanceId }]
  })
}

function toSeatMachine(instance: Instance, volumes: readonly Volume[] = []): SeatMachine {
  const tags = fromTags(instance.Tags)
  const leaders = Number(tags[tag.leaders])
  return {
    id: instance.InstanceId ?? '',
    seat: Number(tags[tag.seat]),
    leaders: Number.isInteger(leaders) ? leaders : undefined,
    state: (instance.State?.Name ?? 'pending') as SeatMachine['state'],
    image: instance.ImageId ?? '',
    instanceType: instance.InstanceType ?? '',
    userData: tags[tag.userData],
    address: instance.PrivateIpAddress,
    zone: instance.Placement?.AvailabilityZone,
    reason: instance.StateReason?.Message,
    placement: placementOf(instance, volumes),
  }
}

function placementOf(instance: Instance, volumes: readonly Volume[]): Placement {
  const own = volumes.filter(({ Attachments = [] }) =>
    Attachments.some(({ InstanceId }) => InstanceId === instance.InstanceId),
  )
  const root = own.find(({ Attachments = [] }) =>
    Attachments.some(({ Device }) => Device === instance.RootDeviceName),
  )
  const tags = fromTags(instance.Tags)
  // An earlier release's leaders have interfaces that EC2 made with them, without our tags.
  const [nic] = tag.claimed in tags ? (instance.NetworkInterfaces ?? []) : []
  return {
    subnet: instance.SubnetId,
    keyName: instance.KeyName,
    rootVolumeGb: root?.Size,
    tags,
    parts: [...own.map(({ VolumeId }) => VolumeId), nic?.NetworkInterfaceId].filter(id => id !== undefined),
  }
}

async function describe(aws: Aws, query: object): Promise<Instance[]> {
  const ec2 = await aws.ec2()
  const reservations = await everyOf(ec2.paginateDescribeInstances(query), page => page.Reservations)
  return reservations.flatMap(reservation => reservation.Instances ?? [])
}

/**
 * Launches the machine of a seat, or finds the one that holds it by now.
 *
 * A plan may be old when it is carried out, so at the last moment EC2 is asked again what is claimed and who holds the
 * seat. What EC2 doesn't show yet can't do harm: the machine is started with the network interface of the seat's claim,
 * which one machine at a time can have, and none once another claim has deleted it.
 *
 * @param start the version of the launch template; the version of the claim that this run knows of; the machines that
 *   this run has launched, which are still empty; how long former machines may take to be gone, in milliseconds
 * @throws Refused when somebody else has claimed the cluster, or too few of the other leaders run
 */
export async function launchSeat(
  aws: Aws,
  cluster: Cluster,
  step: StepOf<'seat'>,
  start: SeatStart,
): Promise<string> {
  await awaitTerminated(aws, step.after, start.timeout)
  let awaited = `the network interface of ${step.name} to be free`
  const what = () => awaited
  const id = await until(aws, what, start.timeout, async () => {
    const [claim, machines] = await Promise.all([
      currentClaim(aws, cluster, start.claim),
      observeSeats(aws, cluster.name),
    ])
    const holders = machines.filter(holdsSeat)
    refuseOtherLeaders(holders, step)
    const holder = holders.find(({ seat }) => seat === step.seat)
    if (holder !== undefined) return holder.id
    refuseWithoutOthers(holders, step, start.launched)
    const networkInterface = claim.interfaces[step.seat]
    if (claim.retired.length > 0) {
      awaited = `${claim.by} to delete the network interfaces of an earlier claim; if that run has ended, launch again`
      return undefined
    }
    if (networkInterface === undefined) throw new Refused([{ path: step.name, message: withoutInterface }])
    const made = await runInstance(aws, seatRequest(step, { ...start, networkInterface }))
    // One of a new claim may not be known yet.
    if (made === 'unknown' && !claim.fresh) {
      const message = `its network interface ${networkInterface} no longer exists`
      throw new Refused([{ path: step.name, message, help: 'run launch again to create a new one' }])
    }
    return made === 'unknown' ? undefined : made
  })
  // The next empty machine waits until this one runs.
  if (step.othersRunning > 0) await awaitRunning(aws, id, start.timeout)
  return id
}

interface SeatStart {
  readonly version: string
  readonly userData: Uint8Array
  readonly claim: number
  readonly launched: ReadonlySet<string>
  readonly timeout: number
}

const withoutInterface =
  'has no network interface in the claim of another launch; run launch again to create one'

function refuseOtherLeaders(holders: readonly SeatMachine[], { name, agreed }: StepOf<'seat'>): void {
  const other = holders.find(({ leaders }) => leaders !== undefined && leaders !== agreed.leaders)
  if (other === undefined) return
  const message = `${other.id} is now running, launched for ${other.leaders} leaders, not ${agreed.leaders}`
  throw new Refused([{ path: name, message, help: 'check npm run status, then launch again' }])
}

function refuseWithoutOthers(
  holders: readonly SeatMachine[],
  { name, othersRunning }: StepOf<'seat'>,
  launched: ReadonlySet<string>,
): void {
  const running = holders.filter(machine => isRunning(machine) && !launched.has(machine.id)).length
  if (running >= othersRunning) return
  const message = `only ${running} of the existing leaders are still running, but ${othersRunning} are required`
  throw new Refused([{ path: name, message, help: 'run launch again for a new plan' }])
}

/** The request that launches a seat. */
export function seatRequest(
  step: StepOf<'seat'>,
  {
    version,
    userData,
    networkInterface,
  }: { readonly version: string; readonly userData: Uint8Array; readonly networkInterface: string },
): RunInstancesCommandInput {
  return {
    LaunchTemplate: { LaunchTemplateName: step.template, Version: version },
    MinCount: 1,
    MaxCount: 1,
    InstanceType: step.instanceType as never,
    NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: networkInterface }],
    // Ended only by a launch, a replacement or a destroy of ours, which lift it.
    DisableApiTermination: true,
    UserData: Buffer.from(userData).toString('base64'),
    TagSpecifications: tagMachine(step.tags),
  }
}

/** The machine that a request made; nothing while another one has the network interface. */
async function runInstance(
  aws: Aws,
  input: RunInstancesCommandInput,
): Promise<string | 'unknown' | undefined> {
  const ec2 = await aws.ec2()
  const run = onceVisible(
    aws,
    'the launch template of the machine to become visible in EC2',
    isNotYetKnown,
    () => ec2.runInstances(input),
  )
  const id = run.then(({ Instances }) => Instances?.[0]?.InstanceId)
  const unlessUnknown = unless(/^InvalidNetworkInterfaceID\.NotFound$/, id, () => 'unknown' as const)
  return unless(/^InvalidNetworkInterface\.InUse$/, unlessUnknown, () => undefined)
}

/** Whether EC2 refuses because it doesn't know yet what was just made; of a new profile IAM tells it some seconds later. */
export function isNotYetKnown({ name, message }: Error): boolean {
  const iam = name === 'InvalidParameterValue' && /iam ?instance ?profile/i.test(message)
  return iam || /^(InvalidLaunchTemplate.*NotFound.*|InvalidGroup\.NotFound)$/.test(name)
}

async function awaitRunning(aws: Aws, id: string, timeout: number): Promise<void> {
  await until(aws, `${id} to run`, timeout, async () => {
    const [machine] = await describe(aws, { Filters: [{ Name: 'instance-id', Values: [id] }] })
    const state = machine?.State?.Name
    if (state === 'shutting-down' || state === 'terminated') {
      throw new Refused([
        { path: id, message: `is ${state}: ${machine?.StateReason?.Message ?? 'no reason given'}` },
      ])
    }
    return state === 'running' ? true : undefined
  })
}

/** Waits until machines are gone for good, so that no two ever hold one seat. EC2 forgets them after an hour. */
async function awaitTerminated(aws: Aws, ids: readonly string[], timeout: number): Promise<void> {
  if (ids.length === 0) return
  await until(aws, `${ids.join(', ')} to be deleted`, timeout, async () => {
    const left = await describe(aws, { Filters: [{ Name: 'instance-id', Values: [...ids] }] })
    return left.every(({ State }) => State?.Name === 'terminated') ? true : undefined
  })
}

/** Terminates a machine, lifting its protection, and waits until it is gone. */
export async function terminateMachine(aws: Aws, id: string, timeout: number): Promise<void> {
  const ec2 = await aws.ec2()
  const lift = ec2.modifyInstanceAttribute({ InstanceId: id, DisableApiTermination: { Value: false } })
  // IncorrectInstanceState: one that is on its way out.
  await unless(/^(InvalidInstanceID|IncorrectInstanceState)/, lift, () => undefined)
  await unless(/^InvalidInstanceID/, ec2.terminateInstances({ InstanceIds: [id] }), () => undefined)
  await awaitTerminated(aws, [id], timeout)
}
