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
 * Checks with EC2 dry runs whether the plan would be permitted. Sends the first step of each kind, with the same
 * request that the step will send as far as it is known, so that account policies about tags, encryption or metadata
 * apply in the same way. Auto Scaling and IAM have no dry runs.
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
    ...questionsAboutRestart(ground, steps),
  ].filter(question => question !== undefined)
  const answers = await Promise.all(questions.map(answerTo))
  return answers.flat()
}

type Question = () => Promise<unknown>

async function answerTo(question: Question): Promise<readonly Problem[]> {
  try {
    // EC2 answers a dry run that would succeed with an error of this name. Resources that someone else has created in
    // the meantime are also found by the step.
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
  // After an interrupted run, what IAM has just created may not be visible to EC2 yet.
  return async () =>
    onceVisible(ground.aws, 'the instance profile to become visible in EC2', isNotYetKnown, async () =>
      (await ground.aws.ec2()).runInstances(request),
    )
}

function questionsAboutRestart({ aws }: Ground, steps: readonly Ec2Step[]): readonly Question[] {
  const step = steps.find(one => one.kind === 'restart')
  if (step?.kind !== 'restart') return []
  const request = { InstanceIds: [step.machine], DryRun: true }
  return [
    async () => (await aws.ec2()).stopInstances(request),
    async () => (await aws.ec2()).startInstances(request),
  ]
}

/**
 * The complete settings that the seat's instance will be started with. The launch template may be older than the one in
 * the plan, and resources that the plan creates first (the network interface, an incomplete profile) cannot be
 * referenced yet.
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
