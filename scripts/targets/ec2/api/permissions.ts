import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2'
import type { Problem } from '../../../inventory/problems.ts'
import type { Ec2Step, StepOf } from '../ec2-step.ts'
import { templateData, templateSpecs } from '../launch-template.ts'
import { dataOf, type Ground, groupIds, payloadOf } from './act.ts'
import { explain, unless } from './errors.ts'
import { createRequest } from './launch-template.ts'
import { interfaceRequest } from './network-interface.ts'
import { isNotYetKnown, seatRequest } from './seat.ts'
import { groupRequest } from './security-group.ts'
import { onceVisible } from './wait.ts'

/**
 * Asks EC2 whether it would do what a plan is about to ask: the first step of each kind, with the very request
 * that the step will send as far as it is known, so that an account's rules about tags, encryption or metadata
 * are met as they will be. Auto Scaling and IAM have no such question.
 */
export async function checkPermissions(
  ground: Ground,
  steps: readonly Ec2Step[],
): Promise<readonly Problem[]> {
  const questions = [
    questionAboutGroup(ground, steps),
    questionAboutTemplate(ground, steps),
    questionAboutInterface(ground, steps),
    questionAboutSeat(ground, steps),
  ].filter(question => question !== undefined)
  const answers = await Promise.all(questions.map(answerTo))
  return answers.flat()
}

type Question = () => Promise<unknown>

async function answerTo(question: Question): Promise<readonly Problem[]> {
  try {
    // EC2 answers a dry run that would succeed with an error of this name. What somebody else has made meanwhile, the
    // step will find, too.
    await unless(
      /^(DryRunOperation|InvalidGroup\.Duplicate|.*AlreadyExistsException)$/,
      question(),
      () => undefined,
    )
    return []
  } catch (error) {
    const problems = explain(error)
    if (problems === undefined) throw error
    return problems
  }
}

function questionAboutGroup({ aws, cluster, vpc }: Ground, steps: readonly Ec2Step[]): Question | undefined {
  const step = steps.find(one => one.kind === 'security group' && one.action === 'create')
  if (step?.kind !== 'security group' || step.action !== 'create') return undefined
  const request = groupRequest(cluster, vpc, step)
  return async () => (await aws.ec2()).createSecurityGroup({ ...request, DryRun: true })
}

function questionAboutTemplate(ground: Ground, steps: readonly Ec2Step[]): Question | undefined {
  const step = steps.find(one => one.kind === 'launch template' && one.action === 'create')
  if (step?.kind !== 'launch template' || step.action !== 'create') return undefined
  const request = createRequest(ground.cluster, step, dataOf(ground, step, groupIds(ground, new Map())))
  return async () => (await ground.aws.ec2()).createLaunchTemplate({ ...request, DryRun: true })
}

function questionAboutInterface({ aws }: Ground, steps: readonly Ec2Step[]): Question | undefined {
  const step = steps.find(({ kind, action }) => kind === 'claim' && action !== 'delete')
  if (step?.kind !== 'claim' || step.action === 'delete') return undefined
  const [seat] = step.seats
  if (seat === undefined) return undefined
  return async () => (await aws.ec2()).createNetworkInterface({ ...interfaceRequest(seat), DryRun: true })
}

function questionAboutSeat(ground: Ground, steps: readonly Ec2Step[]): Question | undefined {
  const step = steps.find(one => one.kind === 'seat' && one.action === 'launch')
  if (step?.kind !== 'seat' || step.action !== 'launch') return undefined
  const request = { ...contentOf(ground, steps, step), DryRun: true }
  // EC2 may not know yet what IAM made a moment ago, in a run that was cut off.
  return async () =>
    onceVisible(ground.aws, 'the instance profile to become visible in EC2', isNotYetKnown, async () =>
      (await ground.aws.ec2()).runInstances(request),
    )
}

/**
 * What the seat's machine will be started with, written out: the launch template may be older than what the plan makes
 * of it, and what the plan makes first (the network interface, a profile that isn't whole) can't be named yet.
 */
function contentOf(
  ground: Ground,
  steps: readonly Ec2Step[],
  seat: StepOf<'seat'>,
): RunInstancesCommandInput {
  const { cluster } = ground
  const spec = templateSpecs(ground).find(({ group }) => group === seat.group)
  if (spec === undefined) throw new Error(`${seat.name} has no launch template`)
  const groups = spec.roles.flatMap(role => groupIds(ground, new Map()).get(role) ?? [])
  const { IamInstanceProfile, ...data } = templateData(
    spec,
    [...groups, ...spec.securityGroups],
    payloadOf(ground, seat.name),
  )
  const { NetworkInterfaces, LaunchTemplate, ...request } = seatRequest(seat, {
    version: '',
    userData: payloadOf(ground, seat.name),
    networkInterface: '',
  })
  const makesProfile = steps.some(({ kind, action }) => kind === 'instance profile' && action === 'create')
  const { SecurityGroupIds, ...rest } = data
  return {
    ...(rest as Partial<RunInstancesCommandInput>),
    ...request,
    SubnetId: seat.subnet,
    ...(SecurityGroupIds?.length ? { SecurityGroupIds } : {}),
    ...(makesProfile && cluster.instanceProfile === undefined ? {} : { IamInstanceProfile }),
  }
}
