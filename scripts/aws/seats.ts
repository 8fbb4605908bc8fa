import type { Instance, RunInstancesCommandInput } from '@aws-sdk/client-ec2'
import { tag } from '../cluster/tags.ts'
import type { SeatMachine, Stray } from '../plan/actual.ts'
import { holdsSeat } from '../plan/seats.ts'
import type { StepOf } from '../plan/step.ts'
import { tagMachine } from '../plan/tag-list.ts'
import type { Aws } from './connect.ts'
import { awsCode, unless } from './errors.ts'
import { everyOf } from './pages.ts'
import { fromTags, ofCluster } from './tags.ts'
import { tokenOf } from './token.ts'
import { onceVisible, settle, until } from './wait.ts'

/** Every machine that holds a seat of a cluster, or has held one lately. */
export async function observeSeats(aws: Aws, cluster: string): Promise<SeatMachine[]> {
  const instances = await describe(aws, {
    Filters: [ofCluster(cluster), { Name: 'tag-key', Values: [tag.seat] }],
  })
  return instances.map(toSeatMachine).sort((a, b) => a.seat - b.seat)
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

function toSeatMachine(instance: Instance): SeatMachine {
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
 * A plan may be old when it is carried out, so EC2 is asked again who holds the seat. The client token names the
 * seat and its ended machines, not the settings: whoever asks at the same moment, a run that was cut off or
 * another person with another inventory, can only ever get the same machine.
 *
 * @param version of the launch template
 * @param timeout how long the former machines may take to be gone, in milliseconds
 */
export async function launchSeat(
  aws: Aws,
  cluster: string,
  step: StepOf<'seat', 'launch'>,
  start: { readonly version: string; readonly userData: Uint8Array; readonly timeout: number },
): Promise<string> {
  await awaitTerminated(aws, step.after, start.timeout)
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const held = (await observeSeats(aws, cluster)).filter(({ seat }) => seat === step.seat)
    const holder = held.find(holdsSeat)
    if (holder !== undefined) return holder.id
    await awaitTerminated(
      aws,
      held.map(({ id }) => id),
      start.timeout,
    )
    const ended = held.map(({ id }) => id).sort()
    const ClientToken = tokenOf('seat', cluster, String(step.seat), ...ended, String(attempt))
    const made = await runInstance(aws, { ...seatRequest(step, start), ClientToken })
    if (made !== undefined) return made
  }
  throw new Error(`EC2 remembers ten ended machines of ${step.name}; try again in an hour`)
}

/** The request that launches a seat. */
export function seatRequest(
  step: StepOf<'seat', 'launch'>,
  { version, userData }: { readonly version: string; readonly userData: Uint8Array },
): RunInstancesCommandInput {
  return {
    LaunchTemplate: { LaunchTemplateName: step.template, Version: version },
    MinCount: 1,
    MaxCount: 1,
    InstanceType: step.instanceType as never,
    SubnetId: step.subnet,
    UserData: Buffer.from(userData).toString('base64'),
    TagSpecifications: tagMachine(step.tags),
  }
}

/** The machine that a request made, now or before; nothing when that one has ended and a new token is due. */
async function runInstance(aws: Aws, input: RunInstancesCommandInput): Promise<string | undefined> {
  const ec2 = await aws.ec2()
  const notYet = /^(InvalidLaunchTemplate.*NotFound.*|InvalidGroup\.NotFound)$/
  try {
    const { Instances } = await onceVisible(
      aws,
      'what the machine starts from to be known to EC2',
      error =>
        // IAM tells EC2 of a new profile some seconds later.
        notYet.test(error.name) ||
        (error.name === 'InvalidParameterValue' && /iam ?instance ?profile/i.test(error.message)),
      () => ec2.runInstances(input),
    )
    return Instances?.[0]?.InstanceId
  } catch (error) {
    if (awsCode(error) === 'IdempotentInstanceTerminated') return undefined
    if (awsCode(error) === 'IdempotentParameterMismatch') return liveMachineOf(aws, input.ClientToken ?? '')
    throw error
  }
}

/** The machine that the token made with other settings; nothing when it has ended. It is there, seen or not. */
async function liveMachineOf(aws: Aws, token: string): Promise<string | undefined> {
  const what = 'EC2 to show the machine that an earlier request made for the same seat'
  const { State, InstanceId } = await until(aws, what, settle, async () => {
    const [machine] = await describe(aws, { Filters: [{ Name: 'client-token', Values: [token] }] })
    return machine
  })
  return State?.Name === 'terminated' || State?.Name === 'shutting-down' ? undefined : InstanceId
}

/** Waits until machines are gone for good, so that no two ever hold one seat. EC2 forgets them after an hour. */
async function awaitTerminated(aws: Aws, ids: readonly string[], timeout: number): Promise<void> {
  if (ids.length === 0) return
  await until(aws, `${ids.join(', ')} to be gone`, timeout, async () => {
    const left = await describe(aws, { Filters: [{ Name: 'instance-id', Values: [...ids] }] })
    return left.every(({ State }) => State?.Name === 'terminated') ? true : undefined
  })
}

/** Terminates a machine and waits until it is gone. */
export async function terminateMachine(aws: Aws, id: string, timeout: number): Promise<void> {
  const ec2 = await aws.ec2()
  await unless(/^InvalidInstanceID/, ec2.terminateInstances({ InstanceIds: [id] }), () => undefined)
  await awaitTerminated(aws, [id], timeout)
}
