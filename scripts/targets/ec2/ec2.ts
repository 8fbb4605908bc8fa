import type { Cluster } from '../../cluster/cluster.ts'
import { linesOn } from '../../health/console.ts'
import { electedIn } from '../../health/elected.ts'
import { gateNames } from '../../health/gates.ts'
import type { NodeView } from '../../health/health.ts'
import { expectedOf } from '../../health/seen.ts'
import { Path } from '../../inventory/problem-path.ts'
import { orRefuse, Refused, sayProblem } from '../../inventory/problems.ts'
import type { SshSettings } from '../../inventory/ssh-settings.ts'
import { type Act, type Outcome, runSteps } from '../../plan/run.ts'
import { statusOf } from '../../plan/status.ts'
import type { Plan, Step } from '../../plan/step.ts'
import { quoteWord } from '../../programs/run-program.ts'
import {
  type Asked,
  type Launch,
  type LaunchOptions,
  type Proposal,
  type Rollout,
  type Target,
  tellingGates,
  type View,
} from '../target.ts'
import { nothing } from './actual.ts'
import { addressWarnings } from './addresses.ts'
import { destroyOn, type Ground, launchOn, replaceOn } from './api/act.ts'
import { awaitMachines } from './api/await-machines.ts'
import { observeUserData } from './api/booted.ts'
import { type Aws, connect, connectTo, findCredentials } from './api/connect.ts'
import { awaitHealth, type Listened, listen } from './api/consoles.ts'
import { explain, explained } from './api/errors.ts'
import { rollerOn } from './api/instance-roller.ts'
import { observeWarnings } from './api/instance-status.ts'
import { observeRoll, rollLockOf } from './api/lock-template.ts'
import { observeStrays } from './api/observe-seats.ts'
import { checkPermissions } from './api/permissions.ts'
import { replacementCheck } from './api/replacement-check.ts'
import { consoleOf, freePorts, runSsh, runTunnel, type Verified, verify } from './api/ssh.ts'
import { accountOf, observe, observeMachines, survey } from './api/survey.ts'
import type { Ec2Step } from './ec2-step.ts'
import type { Facts } from './facts.ts'
import { ageOf, aheadOf, followersOf, holdersOf, silentWarnings, standingOn } from './hearing.ts'
import { unseenImage } from './image.ts'
import { type InstanceWarnings, warningsNotPermitted } from './instance-status.ts'
import { planDestroy } from './plan-destroy.ts'
import { planLaunch } from './plan-launch.ts'
import { planReplacement, planRestart } from './plan-replacement.ts'
import { instanceOf, journalCommand } from './ssh.ts'

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
    const place = placeOf(aws, facts.account)
    const { rolling } = facts.actual
    return { ...launch(asked, plan, { aws, act: launchOn(ground), place }), rolling }
  },

  async planReplacement(asked, node, { keepDisk, timeout }) {
    const { cluster } = asked
    const aws = await connectTo(cluster.region)
    const facts = await explained(survey(aws, cluster))
    const ground: Ground = { cluster, userData: asked.userData, ...facts, aws, timeout }
    const steps = (keepDisk ? planRestart : planReplacement)(ground, node)
    warn(asked, ground)
    const check = replacementCheck(aws, cluster, node, keepDisk)
    await explained(check())
    orRefuse(steps, await explained(checkPermissions(ground, steps)))
    const act = replaceOn(ground, check)
    const place = placeOf(aws, facts.account)
    return { ...rollout(asked, steps, { aws, act, place }), rolling: facts.actual.rolling }
  },

  async planRoll(asked, { timeout }) {
    const { cluster } = asked
    const aws = await connectTo(cluster.region)
    const facts = await explained(survey(aws, cluster))
    const ground: Ground = { cluster, userData: asked.userData, ...facts, aws, timeout }
    const plan = planLaunch(ground)
    warn(asked, ground)
    orRefuse(plan, await explained(checkPermissions(ground, plan.steps)))
    const means = { aws, act: launchOn(ground), place: placeOf(aws, facts.account) }
    return {
      launch: launch(asked, plan, means),
      lock: rollLockOf(aws, cluster.name),
      explain,
      ...rollerOn(ground, asked.tell),
    }
  },

  async planResize({ cluster }) {
    const leaders = cluster.seats.length
    const message = 'the number of leaders of a running cluster cannot change on EC2 yet'
    const help = `run npm run backup, npm run destroy, npm run launch -- --leaders ${leaders}, and npm run restore`
    throw new Refused([{ path: Path.outside('resize'), message, help }])
  },

  async planDestroy({ cluster }, timeout) {
    const aws = await connectTo(cluster.region)
    const [actual, strays, account] = await explained(
      Promise.all([observe(aws, cluster), observeStrays(aws, cluster.name), accountOf(aws)]),
    )
    const steps = planDestroy(cluster, actual, strays)
    return proposal(steps, destroyOn(aws, cluster, timeout), placeOf(aws, account))
  },

  look: lookAt,
  // A console always contains the evidence.
  examine: lookAt,

  async booted({ cluster }) {
    return explained(observeUserData(await connectTo(cluster.region), cluster))
  },

  async showLogs(asked, node, { units, lines, follow, boot }) {
    if (boot) return showConsole(asked.cluster, node, lines)
    const to = await findNode(asked, node)
    const words = journalCommand(to.ssh.user, { units, lines, follow })
    return runSsh(to, { ...asked, flags: ['-T'], command: words.map(quoteWord).join(' ') })
  },

  async openShell(asked, node, { command, onTerminal, ...files }) {
    const to = await findNode(asked, node)
    return runSsh(to, { ...asked, ...files, flags: [onTerminal ? '-t' : '-T'], command })
  },

  async openPages(asked, tell) {
    const { cluster } = asked
    const ssh = sshOf(cluster)
    const aws = await connectTo(cluster.region)
    const actual = await explained(observeMachines(aws, cluster.name))
    const { health } = await explained(listen(aws, cluster, actual))
    const [elected] = electedIn(health.seen)
    const seat = cluster.seats.find(({ name }) => name === elected?.name)
    if (elected === undefined || seat === undefined) {
      const message = 'no leader reports that it is elected'
      throw new Refused([
        { path: Path.outside(cluster.name), message, help: 'npm run status shows the reason' },
      ])
    }
    const { mesos_leader_port, marathon_http_port, marathon_enabled } = seat.values
    const ports = [
      { what: 'Mesos', port: mesos_leader_port },
      ...(marathon_enabled && elected.report?.marathon
        ? [{ what: 'Marathon', port: marathon_http_port } as const]
        : []),
    ] as const
    const free = await freePorts(ports.length)
    const forwards = ports.map((one, index) => ({ ...one, local: free[index] ?? 0 }))
    const to = await explained(verify(aws, seat.name, instanceOf(cluster, actual, seat.name), ssh))
    return runTunnel(to, forwards, asked, () => {
      tell(forwards.map(({ what, local }) => ({ node: seat.name, what, url: `http://127.0.0.1:${local}/` })))
      asked.tell('press Ctrl-C to close the tunnel')
    })
  },
}

async function lookAt(asked: Asked): Promise<View> {
  const { cluster } = asked
  const aws = await connectTo(cluster.region)
  const [actual, rolling] = await explained(
    Promise.all([observeMachines(aws, cluster.name), observeRoll(aws, cluster.name)]),
  )
  const [listened, warnings] = await explained(
    Promise.all([listen(aws, cluster, actual), observeWarnings(aws, actual)]),
  )
  const notice = warnings === undefined ? { notice: warningsNotPermitted } : {}
  return { ...viewOf(asked, listened, warnings), ...notice, rolling }
}

async function findNode({ cluster }: Asked, node: string): Promise<Verified> {
  const ssh = sshOf(cluster)
  const aws = await connectTo(cluster.region)
  const actual = await explained(observeMachines(aws, cluster.name))
  return explained(verify(aws, node, instanceOf(cluster, actual, node), ssh))
}

async function showConsole(cluster: Cluster, node: string, lines: number): Promise<number> {
  const aws = await connectTo(cluster.region)
  const actual = await explained(observeMachines(aws, cluster.name))
  const console = await explained(consoleOf(aws, instanceOf(cluster, actual, node)))
  process.stdout.write(
    linesOn(console, lines)
      .map(line => `${line}\n`)
      .join(''),
  )
  return 0
}

const lines = `
  ssh:
    user: admin
    jump_host: admin@bastion.example.com # unless this machine can reach the private addresses
`

/** @throws Refused if the inventory does not say how to connect to instances */
function sshOf({ ssh }: Cluster): SshSettings {
  if (ssh !== undefined) return ssh
  const message = 'the inventory does not say how to connect to instances on EC2'
  throw new Refused([{ path: Path.outside(''), message, help: `add these lines:\n${lines}` }])
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

function warn(
  { tell }: Asked,
  facts: Pick<Ground, 'cluster' | 'actual' | 'freeAddresses' | 'silentTypes'>,
): void {
  for (const problem of [...addressWarnings(facts), ...silentWarnings(facts)])
    tell(`warning: ${sayProblem(problem)} [${problem.code}]`)
}

function proposal<S extends Step>(steps: readonly S[], act: Act<S>, place: string): Proposal<S> {
  return { steps, place, run: tell => runSteps(steps, act, tell), explain }
}

interface Means {
  /** Undefined in a dry run. */
  readonly aws?: Aws
  readonly act: Act<Ec2Step>
  readonly place: string
}

function launch(asked: Asked, plan: Plan<Ec2Step>, means: Means): Launch {
  return { ...rollout(asked, plan.steps, means, plan.leftEmpty), plan }
}

/** @param leftEmpty the names of the seats that a recovery leaves empty for now */
function rollout(
  asked: Asked,
  steps: readonly Ec2Step[],
  { aws, act, place }: Means,
  leftEmpty: readonly string[] = [],
): Rollout {
  const { cluster } = asked
  const seats = cluster.seats.filter(({ name }) => !leftEmpty.includes(name))
  return {
    ...proposal(steps, act, place),
    awaited: [...[...seats, ...cluster.pools].map(({ name }) => name), ...gateNames(expectedOf(cluster, 0))],
    async wait(outcomes, timeout, tell) {
      if (aws === undefined) throw new Error('a dry run cannot be waited for')
      const end = aws.clock.now() + timeout
      const awaited = { aws, cluster: { ...cluster, seats }, launched: madeBy(outcomes, 'launch') }
      const actual = await awaitMachines(awaited, timeout, ({ name, ready, state }) =>
        tell({ name, state: ready ? 'done' : 'in progress', detail: state }),
      )
      // The other seats are launched once these have formed a quorum, by the next launch.
      if (seats.length < cluster.seats.length) return viewOf(asked, await listen(aws, cluster, actual))
      const restarted = madeBy(outcomes, 'restart')
      return viewOf(
        asked,
        await awaitHealth(aws, cluster, restarted, end - aws.clock.now(), tellingGates(tell)),
      )
    },
  }
}

/** The instances that a run has launched or restarted. */
function madeBy(outcomes: readonly Outcome<Step>[], how: 'launch' | 'restart'): ReadonlySet<string> {
  const isSuch = ({ action, kind }: Step) => (how === 'launch' ? action === 'launch' : kind === 'restart')
  return new Set(
    outcomes.flatMap(outcome => (outcome.end === 'done' && isSuch(outcome.step) ? [outcome.made] : [])),
  )
}

function viewOf(
  { cluster, userData }: Asked,
  { actual, hearings, health, at }: Listened,
  warnings?: InstanceWarnings,
): View {
  const status = statusOf(cluster, userData, actual)
  const holders = holdersOf(cluster, actual)
  const followers = followersOf(cluster, actual)
  const nodes = health.seen.map((one, index): NodeView => {
    const holder = holders.get(one.name)
    // Followers come after the seats, in the same order.
    const { pool, id = holder?.id } = followers[index - cluster.seats.length] ?? {}
    const isOlder = status.seats.some(({ name, userData }) => name === one.name && userData === 'older')
    const remark = isOlder ? 'outdated user data' : ''
    const hearing = hearings.get(id ?? '')
    const age = ageOf(hearing, at)
    const time = hearing?.newest?.time
    const ahead = aheadOf(hearing)
    const own = warnings && { warnings: warnings.get(id ?? '') ?? [] }
    return { ...one, pool, machine: id, address: holder?.address, remark, age, time, ahead, ...own }
  })
  return {
    status,
    standing: standingOn(cluster, actual, hearings, { status, health }),
    health: { nodes, gates: health.gates, pages: [] },
    place: '',
  }
}
