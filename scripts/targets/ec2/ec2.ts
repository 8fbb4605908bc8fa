import { orRefuse, Refused, sayProblem } from '../../inventory/problems.ts'
import type { ActualMachines } from '../../plan/machines.ts'
import { type Act, type Outcome, runSteps } from '../../plan/run.ts'
import { standingOf, statusOf } from '../../plan/status.ts'
import type { Plan, Step } from '../../plan/step.ts'
import type { Asked, Launch, LaunchOptions, Proposal, Target, View } from '../target.ts'
import { nothing } from './actual.ts'
import { addressWarnings } from './addresses.ts'
import { destroyOn, type Ground, launchOn } from './api/act.ts'
import { awaitMachines } from './api/await-machines.ts'
import { observeUserData } from './api/booted.ts'
import { type Aws, connect, connectTo, findCredentials } from './api/connect.ts'
import { explain, explained } from './api/errors.ts'
import { checkPermissions } from './api/permissions.ts'
import { observeStrays } from './api/seat.ts'
import { accountOf, observe, observeMachines, survey } from './api/survey.ts'
import type { Ec2Step } from './ec2-step.ts'
import type { Facts } from './facts.ts'
import { unseenImage } from './image.ts'
import { planDestroy } from './plan-destroy.ts'
import { planLaunch } from './plan-launch.ts'

/** Clusters on EC2: an instance for each seat, an Auto Scaling group for each pool. */
export const target: Target = {
  async planLaunch(asked, options) {
    if (options.dryRun) return planOnly(asked, options)
    const aws = await connectTo(asked.cluster.region)
    const facts = await explained(survey(aws, asked.cluster))
    const ground: Ground = { ...askedOf(asked, options), ...facts, aws, timeout: options.timeout }
    const plan = planLaunch(ground)
    warn(asked, ground)
    orRefuse(plan, await explained(checkPermissions(ground, plan.steps)))
    return launch(asked, plan, { aws, act: launchOn(ground), place: placeOf(aws, facts.account) })
  },

  async planReplacement() {
    return refuse('replace')
  },

  async planDestroy({ cluster }, timeout) {
    const aws = await connectTo(cluster.region)
    const [actual, strays, account] = await explained(
      Promise.all([observe(aws, cluster), observeStrays(aws, cluster.name), accountOf(aws)]),
    )
    const steps = planDestroy(cluster, actual, strays)
    return proposal(steps, destroyOn(aws, cluster, timeout), placeOf(aws, account))
  },

  async look(asked) {
    const aws = await connectTo(asked.cluster.region)
    return viewOf(asked, await explained(observeMachines(aws, asked.cluster.name)))
  },

  async booted({ cluster }) {
    return explained(observeUserData(await connectTo(cluster.region), cluster))
  },

  async showLogs() {
    return refuse('logs')
  },

  async openShell() {
    return refuse('shell')
  },
}

function refuse(command: string): never {
  const message = `${command} is not supported on EC2 yet; it works with --target local`
  throw new Refused([{ path: 'target', message }])
}

function placeOf({ region }: Aws, account: string): string {
  return `in ${region}, account ${account}`
}

function askedOf({ cluster, userData }: Asked, { recover, prune }: LaunchOptions) {
  return { cluster, userData, recover, prune }
}

/** A plan that will not be carried out: for the account or, without credentials, for an empty one. */
async function planOnly(asked: Asked, options: LaunchOptions): Promise<Launch> {
  const { region } = asked.cluster
  const found = await findCredentials()
  const act = () => Promise.reject(new Error('a dry run cannot be applied'))
  const planned = (facts: Omit<Facts, 'cluster' | 'userData'>, place: string) =>
    launch(asked, planLaunch({ ...askedOf(asked, options), ...facts }), { act, place })
  if (found.provider === undefined) {
    // If a profile is named, errors with its credentials are reported.
    if (asked.env.AWS_PROFILE !== undefined) await connectTo(region)
    asked.tell('no AWS credentials found: this plan assumes that nothing of the cluster exists yet')
    return planned(
      { actual: nothing, imageOf: machine => unseenImage(asked.cluster, machine) },
      `in ${region}`,
    )
  }
  const aws = connect(region, found.provider)
  const facts = await explained(survey(aws, asked.cluster))
  warn(asked, { ...facts, cluster: asked.cluster })
  return planned(facts, placeOf(aws, facts.account))
}

function warn({ tell }: Asked, facts: Parameters<typeof addressWarnings>[0]): void {
  for (const problem of addressWarnings(facts)) tell(`warning: ${sayProblem(problem)} [${problem.code}]`)
}

function proposal<S extends Step>(steps: readonly S[], act: Act<S>, place: string): Proposal<S> {
  return { steps, place, run: tell => runSteps(steps, act, tell), explain }
}

function launch(
  asked: Asked,
  plan: Plan<Ec2Step>,
  { aws, act, place }: { readonly aws?: Aws; readonly act: Act<Ec2Step>; readonly place: string },
): Launch {
  const { cluster } = asked
  // Does not wait for seats that a recovery leaves empty for now.
  const seats = cluster.seats.filter(({ name }) => !plan.leftEmpty?.includes(name))
  return {
    ...proposal(plan.steps, act, place),
    plan,
    advice: undefined,
    awaited: [...seats, ...cluster.pools].map(({ name }) => name),
    async wait(outcomes, timeout, tell) {
      if (aws === undefined) throw new Error('a dry run cannot be waited for')
      const awaited = { aws, cluster: { ...cluster, seats }, launched: launchedBy(outcomes) }
      const actual = await awaitMachines(awaited, timeout, ({ name, ready, state }) =>
        tell({ name, state: ready ? 'done' : 'in progress', detail: state }),
      )
      return viewOf(asked, actual)
    },
  }
}

/** The instances that a run has launched. */
function launchedBy(outcomes: readonly Outcome<Step>[]): ReadonlySet<string> {
  return new Set(
    outcomes.flatMap(outcome =>
      outcome.end === 'done' && outcome.step.action === 'launch' ? [outcome.made] : [],
    ),
  )
}

function viewOf({ cluster, userData }: Asked, actual: ActualMachines): View {
  const status = statusOf(cluster, userData, actual)
  return { status, standing: standingOf(status), health: undefined, place: '' }
}
