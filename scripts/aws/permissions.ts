import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2'
import type { Problem } from '../inventory/problems.ts'
import type { Step, StepOf } from '../plan/step.ts'
import { dataOf, type Ground, groupIds, payloadOf } from './apply.ts'
import { explain, unless } from './errors.ts'
import { createRequest } from './launch-templates.ts'
import { seatRequest } from './seats.ts'
import { groupRequest } from './security-groups.ts'

/**
 * Asks EC2 whether it would do what a plan is about to ask: the first step of each kind, with the very request
 * that the step will send as far as it is known, so that an account's rules about tags, encryption or metadata
 * are met as they will be. Auto Scaling and IAM have no such question.
 */
export async function checkPermissions(ground: Ground, steps: readonly Step[]): Promise<readonly Problem[]> {
  const questions = [
    questionAboutGroup(ground, steps),
    questionAboutTemplate(ground, steps),
    questionAboutSeat(ground, steps),
  ].filter(question => question !== undefined)
  const answers = await Promise.all(questions.map(answerTo))
  return answers.flat()
}

type Question = () => Promise<unknown>

async function answerTo(question: Question): Promise<readonly Problem[]> {
  try {
    // EC2 answers a dry run that would succeed with an error of this name.
    await unless(/^DryRunOperation$/, question(), () => undefined)
    return []
  } catch (error) {
    const problem = explain(error)
    if (problem === undefined) throw error
    return [problem]
  }
}

function questionAboutGroup({ aws, cluster, vpc }: Ground, steps: readonly Step[]): Question | undefined {
  const step = steps.find(one => one.kind === 'security group' && one.action === 'create')
  if (step?.kind !== 'security group' || step.action !== 'create') return undefined
  const request = groupRequest(cluster, vpc, step)
  return async () => (await aws.ec2()).createSecurityGroup({ ...request, DryRun: true })
}

function questionAboutTemplate(ground: Ground, steps: readonly Step[]): Question | undefined {
  const step = steps.find(one => one.kind === 'launch template' && one.action === 'create')
  if (step?.kind !== 'launch template') return undefined
  const request = createRequest(ground.cluster, step, dataOf(ground, step, groupIds(ground, new Map())))
  return async () => (await ground.aws.ec2()).createLaunchTemplate({ ...request, DryRun: true })
}

function questionAboutSeat(ground: Ground, steps: readonly Step[]): Question | undefined {
  const step = steps.find(one => one.kind === 'seat')
  if (step?.kind !== 'seat') return undefined
  const userData = payloadOf(ground, step.name)
  const request = {
    ...seatRequest(step, { version: '$Latest', userData }),
    ...contentOf(ground, steps, step),
    DryRun: true,
  }
  return async () => (await ground.aws.ec2()).runInstances(request)
}

/** What a template that isn't there yet will hold, less what isn't there yet either. */
function contentOf(
  ground: Ground,
  steps: readonly Step[],
  seat: StepOf<'seat'>,
): Partial<RunInstancesCommandInput> {
  const writes = steps.filter(step => step.kind === 'launch template')
  const template = writes.find(({ name }) => name === seat.template)
  if (template?.kind !== 'launch template') return {}
  const { SecurityGroupIds, IamInstanceProfile, ...data } = dataOf(
    ground,
    template,
    groupIds(ground, new Map()),
  )
  const profileIsThere = !steps.some(({ kind }) => kind === 'instance profile')
  return {
    ...(data as Partial<RunInstancesCommandInput>),
    ...seatRequest(seat, { version: '', userData: payloadOf(ground, seat.name) }),
    LaunchTemplate: undefined,
    ...(SecurityGroupIds?.length ? { SecurityGroupIds } : {}),
    ...(profileIsThere && { IamInstanceProfile }),
  }
}
