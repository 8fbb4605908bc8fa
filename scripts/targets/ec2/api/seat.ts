import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2'
import type { Cluster } from '../../../cluster/cluster.ts'
import { tag } from '../../../cluster/tags.ts'
import { Path } from '../../../inventory/problem-path.ts'
import { Refused } from '../../../inventory/problems.ts'
import { holdsSeat, isRunning } from '../../../plan/machines.ts'
import type { SeatMachine } from '../actual.ts'
import type { StepOf } from '../ec2-step.ts'
import { tagMachine, toTags } from '../ec2-tags.ts'
import { currentClaim } from './claim.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { describe, observeSeats } from './observe-seats.ts'
import { onceVisible, until } from './wait.ts'

/**
 * Launches the instance of a seat, or finds the one that holds it already.
 *
 * By the time a plan is carried out, it may be outdated, so the claim and the holder of the seat are queried again
 * immediately before the launch. An instance that is not visible yet cannot cause harm: the new instance is started
 * with the network interface of the seat's claim, which can be attached to one instance only, and to none after another
 * claim has deleted it.
 *
 * @param start the version of the launch template; the version of the claim that this run knows; the instances that
 *   this run has launched, which are still empty; how long former instances may take to terminate, in milliseconds
 * @throws Refused if another launch has claimed the cluster, or too few of the other leaders are running
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
    if (networkInterface === undefined)
      throw new Refused([{ path: Path.outside(step.name), message: withoutInterface }])
    const run = runInstance(aws, seatRequest(step, { ...start, networkInterface }))
    const made = await unless(noCapacity, run, error => refuseSubnet(cluster, step, error))
    // The interface of a new claim may not be visible yet.
    if (made === 'unknown' && !claim.fresh) {
      const message = `its network interface ${networkInterface} no longer exists`
      throw new Refused([
        { path: Path.outside(step.name), message, help: 'run launch again to create a new one' },
      ])
    }
    return made === 'unknown' ? undefined : made
  })
  // The next empty instance waits until this one is running.
  if (step.othersRunning > 0) await awaitRunning(aws, id, start.timeout)
  return id
}

// The zone fails, has no room, or does not offer the type; or the subnet has no address left (EC2 API, "Error codes").
const noCapacity = /^(Insufficient(Instance|Host)Capacity|InsufficientFreeAddressesInSubnet|Unsupported)$/

/** Tells how the seat can be moved to another subnet: by the inventory, so that the next plan shows it. */
function refuseSubnet(cluster: Cluster, { group, seat, subnet }: StepOf<'seat'>, error: Error): never {
  const others = new Set(cluster.seats.flatMap(one => (one.subnet === subnet ? [] : (one.subnet ?? []))))
  const help =
    others.size === 0
      ? 'try again later, or add a subnet in another zone'
      : `try again later, or set it to ${[...others].join(' or ')} and run launch again, which moves the seat`
  const path = Path.inInventory('groups', group, 'seats', seat, 'subnet')
  const message = `seat ${seat} cannot be launched in ${subnet}: ${error.name}: ${error.message}`
  throw new Refused([{ path, message, help }])
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
  throw new Refused([{ path: Path.outside(name), message, help: 'check npm run status, then launch again' }])
}

function refuseWithoutOthers(
  holders: readonly SeatMachine[],
  { name, othersRunning }: StepOf<'seat'>,
  launched: ReadonlySet<string>,
): void {
  const running = holders.filter(machine => isRunning(machine) && !launched.has(machine.id)).length
  if (running >= othersRunning) return
  const message = `only ${running} of the existing leaders are still running, but ${othersRunning} are required`
  throw new Refused([{ path: Path.outside(name), message, help: 'run launch again for a new plan' }])
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
    // Terminated only by launch, replace or destroy, which remove the protection first.
    DisableApiTermination: true,
    UserData: Buffer.from(userData).toString('base64'),
    TagSpecifications: tagMachine(step.tags),
  }
}

/** The instance that a request created. Undefined if the network interface is attached to another instance. */
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

/** Whether EC2 refuses because a new resource is not visible to it yet; an instance profile takes some seconds. */
export function isNotYetKnown({ name, message }: Error): boolean {
  const iam = name === 'InvalidParameterValue' && /iam ?instance ?profile/i.test(message)
  return iam || /^(InvalidLaunchTemplate.*NotFound.*|InvalidGroup\.NotFound)$/.test(name)
}

/**
 * Stops an instance, gives it other user data, and starts it. The tag that shows its user data is changed while it is
 * stopped: a run that is interrupted before leaves an instance that is out of date, and can be repeated. So is the tag
 * with the scheduled events for which it is restarted.
 *
 * @param timeout how long the instance may take to stop and to start, in milliseconds
 */
export async function restartSeat(
  aws: Aws,
  { machine, targets, userData, events }: StepOf<'restart'>,
  payload: Uint8Array,
  timeout: number,
): Promise<string> {
  const ec2 = await aws.ec2()
  // An interrupted run may have stopped it already, or may have just started it.
  await until(aws, `${machine} to stop`, timeout, async () => {
    const state = await stateOf(aws, machine)
    if (state === 'running') await ec2.stopInstances({ InstanceIds: [machine] })
    return state === 'stopped' ? true : undefined
  })
  await ec2.modifyInstanceAttribute({ InstanceId: machine, UserData: { Value: payload } })
  const restartedFor = events.length > 0 && { [tag.restartedFor]: events.join(' ') }
  const Tags = toTags({ [tag.userData]: userData.sha256, ...restartedFor })
  await ec2.createTags({ Resources: [...targets], Tags })
  await ec2.startInstances({ InstanceIds: [machine] })
  await awaitRunning(aws, machine, timeout)
  return machine
}

async function awaitRunning(aws: Aws, id: string, timeout: number): Promise<void> {
  await until(aws, `${id} to run`, timeout, async () =>
    (await stateOf(aws, id)) === 'running' ? true : undefined,
  )
}

/** @throws Refused if the instance is terminated, or will be */
async function stateOf(aws: Aws, id: string): Promise<string | undefined> {
  const [machine] = await describe(aws, { Filters: [{ Name: 'instance-id', Values: [id] }] })
  const state = machine?.State?.Name
  if (state !== 'shutting-down' && state !== 'terminated') return state
  const message = `is ${state}: ${machine?.StateReason?.Message ?? 'no reason given'}`
  throw new Refused([{ path: Path.outside(id), message }])
}

/** Waits until instances are terminated, so that a seat never has two. EC2 stops listing them after an hour. */
async function awaitTerminated(aws: Aws, ids: readonly string[], timeout: number): Promise<void> {
  if (ids.length === 0) return
  await until(aws, `${ids.join(', ')} to be deleted`, timeout, async () => {
    const left = await describe(aws, { Filters: [{ Name: 'instance-id', Values: [...ids] }] })
    return left.every(({ State }) => State?.Name === 'terminated') ? true : undefined
  })
}

/** Removes the termination protection of an instance, terminates it, and waits until it is terminated. */
export async function terminateMachine(aws: Aws, id: string, timeout: number): Promise<void> {
  const ec2 = await aws.ec2()
  const lift = ec2.modifyInstanceAttribute({ InstanceId: id, DisableApiTermination: { Value: false } })
  // IncorrectInstanceState: the instance is already terminating.
  await unless(/^(InvalidInstanceID|IncorrectInstanceState)/, lift, () => undefined)
  await unless(/^InvalidInstanceID/, ec2.terminateInstances({ InstanceIds: [id] }), () => undefined)
  await awaitTerminated(aws, [id], timeout)
}
