import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '../../cluster/cluster.ts'
import { groupName } from '../../cluster/names.ts'
import { linesOn } from '../../health/console.ts'
import { electedIn } from '../../health/elected.ts'
import { gateNames, isUp } from '../../health/gates.ts'
import { closedGates, type Health, healthOf, NotUp, type Page } from '../../health/health.ts'
import { healthyLeaders, whyNotReplace } from '../../health/replaceable.ts'
import type { Report } from '../../health/report.ts'
import { type Expected, expectedOf } from '../../health/seen.ts'
import { bakeryOf } from '../../image/bakery.ts'
import { bakedImage, imageName } from '../../image/container-image.ts'
import { hasStandIns, standInFolder, standInNotice, withStandIns } from '../../image/stand-ins.ts'
import { toolsEnv } from '../../image/tools-env.ts'
import { didYouMean } from '../../inventory/nearest.ts'
import { Path } from '../../inventory/problem-path.ts'
import { Refused, sayProblem } from '../../inventory/problems.ts'
import { type Act, runSteps } from '../../plan/run.ts'
import { type Standing, statusOf } from '../../plan/status.ts'
import type { Roller } from '../../roll/drive.ts'
import type { Resize } from '../../roll/observed.ts'
import type { RollStep } from '../../roll/roll-step.ts'
import type { Asked, Progress, Proposal, Rollout, Target, View } from '../target.ts'
import { asMachines, type Container, followerNumbers, label } from './container.ts'
import {
  type EngineGround,
  launchContainer,
  observeContainers,
  observeUserData,
  removeContainer,
  restartContainer,
} from './engine/container.ts'
import { drainFollower } from './engine/drain.ts'
import { call, type Engine, findEngine, lend } from './engine/engine.ts'
import { explain, explained } from './engine/engine-errors.ts'
import { observeRoll, rollLockOf } from './engine/lock-container.ts'
import { hostSubnets, makeNetwork, observeNetworks, removeNetwork } from './engine/network.ts'
import { askReport, lastLines, openReports } from './engine/reports.ts'
import { checkEngine, imageFits } from './engine/requirements.ts'
import { observeResize, recordResize, removeRecord } from './engine/resize-record.ts'
import { forgetSeats, resizeSeat } from './engine/resize-seats.ts'
import { rollFollowers } from './engine/roll-followers.ts'
import { observedIn } from './observed-containers.ts'
import {
  type ActualContainers,
  type ContainerFacts,
  type ContainerRemoval,
  type ContainerStep,
  planContainers,
  planRemoval,
  planReplacement,
  planRestart,
  unfinished,
} from './plan.ts'
import { observedInResize, resizeOf, seatNumbers } from './plan-resize.ts'

/** Clusters in containers on this machine: Podman or Docker instead of EC2, with exactly the same user data. */
export const target: Target = {
  async planLaunch(given, { dryRun, prune, standIns }) {
    const engine = await findEngine(given.engine)
    const actual = await explained(observe(engine, given.cluster.name))
    const asked = await withImage(given, actual.containers, standIns)
    const [image] = await Promise.all([
      imageFor(asked, engine, dryRun),
      dryRun ? undefined : explained(checkEngine(engine)),
    ])
    const plan = planContainers({
      ...asked,
      image,
      actual,
      prune,
      notice: hasStandIns(image) ? standInNotice : undefined,
    })
    return { ...rollout(engine, asked, plan.steps), plan, rolling: actual.rolling }
  },

  async planReplacement(given, node, { keepDisk }) {
    const engine = await findEngine(given.engine)
    const actual = await explained(observe(engine, given.cluster.name))
    if (actual.resizing !== undefined) throw new Refused([unfinished(actual.resizing)])
    const asked = await withImage(given, actual.containers, false)
    const image = await bakedImage(bakeryOf(asked, asked), engine)
    const step = (keepDisk ? planRestart : planReplacement)({ ...asked, image, actual }, node)
    if (step.kind === 'seat') {
      const { seen } = await explained(ask(engine, asked.cluster))
      const why = whyNotReplace(node, seen, expectedOf(asked.cluster, 0), keepDisk)
      if (why !== undefined) throw new Refused([{ path: Path.outside(node), message: why }])
    }
    return { ...rollout(engine, asked, [step]), rolling: actual.rolling }
  },

  async planRoll(given) {
    const engine = await findEngine(given.engine)
    const actual = await explained(observe(engine, given.cluster.name))
    const asked = await withImage(given, actual.containers, false)
    const image = await imageFor(asked, engine, false)
    const plan = planContainers({ ...asked, image, actual })
    return {
      launch: { ...rollout(engine, asked, plan.steps), plan },
      explain,
      lock: rollLockOf(engine, asked.cluster.name, image),
      ...rollerOn(engine, asked, image),
    }
  },

  async planResize(given) {
    const engine = await findEngine(given.engine)
    const actual = await explained(observe(engine, given.cluster.name))
    const asked = await withImage(given, actual.containers, false)
    const image = await imageFor(asked, engine, false)
    const resize = resizeOf({ ...asked, image, actual })
    return {
      ...resize,
      place: placeOf(engine),
      lock: rollLockOf(engine, asked.cluster.name, image),
      explain,
      ...resizerOn(engine, asked, image, resize),
    }
  },

  async planDestroy({ cluster, engine: named }) {
    const engine = await findEngine(named)
    const steps = planRemoval(await explained(observe(engine, cluster.name)))
    return proposal(engine, steps, remover(engine))
  },

  async look(asked) {
    const engine = await findEngine(asked.engine)
    const { name } = asked.cluster
    const [answer, rolling, resizing] = await explained(
      Promise.all([ask(engine, asked.cluster), observeRoll(engine, name), observeResize(engine, name)]),
    )
    const { notice, ...view } = viewOf(asked, answer)
    const notices = [notice ?? [], resizing === undefined ? [] : sayProblem(unfinished(resizing))].flat()
    return { ...view, rolling, ...(notices.length > 0 && { notice: notices.join('\n') }) }
  },

  async booted({ cluster, engine }) {
    return explained(observeUserData(await findEngine(engine), cluster))
  },

  async showLogs(asked, node, { units, lines, follow, boot }) {
    if (boot) return showConsole(asked, node, lines)
    const { engine, id } = await findRunning(asked, node)
    const only = units.flatMap(unit => ['--unit', unit])
    const journal = ['journalctl', '--no-pager', '--lines', String(lines), ...only]
    return lend(engine, ['exec', id, ...journal, ...(follow ? ['--follow'] : [])])
  },

  async openShell(asked, node, { command, onTerminal, ...files }) {
    const { engine, id } = await findRunning(asked, node)
    const program = command === undefined ? ['bash', '--login'] : ['bash', '-c', command]
    return lend(engine, ['exec', '--interactive', ...(onTerminal ? ['--tty'] : []), id, ...program], files)
  },

  async openPages({ cluster, engine }, tell) {
    const answer = await explained(ask(await findEngine(engine), cluster))
    const elected = electedIn(answer.seen)[0]?.name
    const pages = pagesOf(cluster, answer).filter(({ node }) => elected === undefined || node === elected)
    if (pages.length === 0) throw new Refused([{ path: Path.outside(cluster.name), message: notHere }])
    tell(pages)
    return 0
  },
}

/** Prints the console of a container, which is its log. */
async function showConsole(asked: Asked, node: string, lines: number): Promise<number> {
  const { engine, container } = await findContainer(asked, node)
  const console = await explained(call(engine, 'logs', container.id))
  process.stdout.write(
    linesOn(console, lines)
      .map(line => `${line}\n`)
      .join(''),
  )
  return 0
}

/** Observes everything that carries the label of a cluster, and the names and subnets that are taken. */
async function observe(engine: Engine, cluster: string): Promise<ActualContainers> {
  const [present, names, networks, rolling, resizing] = await Promise.all([
    observeContainers(engine, cluster),
    call(engine, 'ps', '--all', '--format', '{{.Names}}'),
    observeNetworks(engine),
    observeRoll(engine, cluster),
    observeResize(engine, cluster),
  ])
  const own = networks.find(({ labels }) => labels[label.cluster] === cluster)
  const ours = new Set([own?.name, ...present.map(({ name }) => name)])
  const taken = [...names.split('\n'), ...networks.map(({ name }) => name)]
  return {
    network: own === undefined ? undefined : { name: own.name, subnet: own.subnets[0] ?? '' },
    containers: present,
    foreign: taken.filter(name => name !== '' && !ours.has(name)),
    subnets: [...networks.flatMap(({ subnets }) => subnets), ...hostSubnets()],
    rolling,
    resizing,
  }
}

/** Adds the image: one with stand-ins if this was requested or the existing containers run stand-ins. */
async function withImage(asked: Asked, present: readonly Container[], standIns: boolean): Promise<Asked> {
  const { cluster, env } = asked
  const isNamed = cluster.image.artifacts.some(({ name }) => name === 'mesos')
  if (isNamed && standIns) {
    const message =
      'the inventory has a Mesos package in image.artifacts; remove either this option or the package'
    throw new Refused([{ path: Path.ofOption('--stand-ins'), message }])
  }
  if (isNamed || !(standIns || present.some(({ image }) => hasStandIns(image)))) return asked
  // The checksums of stand-ins are not stored next to the inventory.
  const source = { ...asked.source, folder: standInFolder(env) }
  return { ...asked, source, env: toolsEnv(env), cluster: await withStandIns(cluster, env) }
}

/** The image, by a name that identifies its content. If it does not exist, it is baked, except in a dry run. */
async function imageFor(asked: Asked, engine: Engine, dryRun: boolean): Promise<string> {
  const bakery = bakeryOf(asked, asked)
  if (dryRun) return (await imageName(bakery, engine)) ?? 'an image that has not been baked yet'
  const image = await bakedImage(bakery, engine)
  await explained(imageFits(engine, image))
  return image
}

function proposal<S extends ContainerStep>(engine: Engine, steps: readonly S[], act: Act<S>): Proposal<S> {
  return {
    steps,
    place: placeOf(engine),
    run: tell => runSteps(steps, act, tell),
    explain,
  }
}

function placeOf({ name }: Engine): string {
  return `on this machine, with ${name}`
}

function rollout(engine: Engine, asked: Asked, steps: readonly ContainerStep[]): Rollout {
  const { cluster, userData } = asked
  return {
    ...proposal(engine, steps, launcher({ engine, cluster: cluster.name, drain: cluster.drain, userData })),
    awaited: gateNames(expectedOf(cluster, 0)),
    wait: async (_, timeout, tell) => viewOf(asked, await awaitHealth(engine, cluster, timeout, tell)),
  }
}

/** Observes and carries out a rolling update. Each step is based on the last observation. */
function rollerOn(engine: Engine, asked: Asked, image: string): Roller {
  let now: ContainerFacts | undefined
  const { cluster, userData } = asked
  const ground = { engine, cluster: cluster.name, drain: cluster.drain, userData }
  return {
    async observe() {
      const [actual, health] = await Promise.all([
        observe(engine, asked.cluster.name),
        ask(engine, asked.cluster),
      ])
      now = { ...asked, image, actual }
      return observedIn(now, health)
    },
    async act(step) {
      if (now === undefined) throw new Error('nothing has been observed yet')
      if ('node' in step) {
        const plan = step.does === 'reconfigure' ? planRestart : planReplacement
        await launcher(ground)(plan(now, step.node), new Map())
      } else await rollFollowers(ground, now, step)
    },
    logOf: node => logIn(engine, now, node),
  }
}

/** Observes and carries out a change of the number of leaders. Each step is based on the last observation. */
function resizerOn(engine: Engine, asked: Asked, image: string, resize: Resize) {
  let now: ContainerFacts | undefined
  const { cluster, userData } = asked
  const ground = { engine, cluster: cluster.name, drain: cluster.drain, userData }
  return {
    async observe() {
      const [actual, { containers, reportOf }] = await Promise.all([
        observe(engine, cluster.name),
        askAll(engine, cluster.name),
      ])
      now = { ...asked, image, actual }
      return observedInResize(now, resize, (held, stage) => heard(held, containers, reportOf, stage))
    },
    async act(step: RollStep) {
      if (now === undefined) throw new Error('nothing has been observed yet')
      await recordResize(engine, cluster.name, image, resize)
      if ('node' in step) await resizeSeat(ground, now, step)
      else await rollFollowers(ground, now, step)
    },
    logOf: (node: string) => logIn(engine, now, node),
    async finish() {
      const actual = await explained(observe(engine, cluster.name))
      if (actual.resizing === undefined) return
      const surplus = seatNumbers(Math.max(resize.from, resize.to)).slice(resize.to)
      await explained(forgetSeats(engine, { cluster, actual }, surplus))
      await removeRecord(engine, actual.resizing.ids)
    },
  }
}

/** The last log lines of a node that explain why it does not come up. */
async function logIn(engine: Engine, facts: ContainerFacts | undefined, node: string): Promise<string> {
  const found = facts?.actual.containers.find(({ name }) => name === node)
  return found === undefined ? '' : lastLines(engine, found.id, unitOf(found))
}

function unitOf({ seat }: Container): string {
  return seat === undefined ? 'mesos-agent.service' : 'mesos-master.service'
}

/** Carries out each step of a launch with containers. */
function launcher(ground: EngineGround): Act<ContainerStep> {
  const { engine, cluster } = ground
  return async step => {
    switch (step.action) {
      case 'create':
        return makeNetwork(engine, cluster, step)
      case 'start':
        await call(engine, 'start', step.target)
        return step.target
      case 'update':
        return restartContainer(ground, step)
      case 'delete':
        if (step.kind === 'follower') await drainFollower(ground, step.target)
        return remover(engine)(step, new Map())
      case 'launch':
      case 'replace':
        if (step.kind === 'follower') await Promise.all(step.after.map(id => drainFollower(ground, id)))
        return launchContainer(ground, step)
    }
  }
}

/** Carries out each step of a destroy with containers. */
function remover(engine: Engine): Act<ContainerRemoval> {
  return async ({ kind, target }) => {
    if (kind === 'network') await removeNetwork(engine, target)
    else await removeContainer(engine, target)
    return target
  }
}

interface Heard extends Health {
  readonly containers: readonly Container[]
}

/** Requests a report from every container once, and determines the health of the cluster. */
async function ask(engine: Engine, cluster: Cluster): Promise<Heard> {
  const { containers, reportOf } = await askAll(engine, cluster.name)
  return heard(cluster, containers, reportOf)
}

/** Requests a report from every container once. */
async function askAll(engine: Engine, cluster: string) {
  const containers = await observeContainers(engine, cluster)
  const running = containers.filter(one => !isDown(one))
  const reports = new Map(
    await Promise.all(running.map(async ({ id }) => [id, await askReport(engine, id)] as const)),
  )
  return { containers, reportOf: (id: string) => reports.get(id) }
}

function heard(
  cluster: Cluster,
  present: readonly Container[],
  reportOf: (id: string) => Report | undefined,
  stage?: Partial<Expected>,
): Heard {
  const followers = cluster.pools.flatMap(pool =>
    followerNumbers(present, pool).map(number => `${pool.name}-${number}`),
  )
  const health = healthOf(
    cluster,
    followers,
    name => {
      const container = present.find(one => one.name === name)
      if (container === undefined) return undefined
      const { id, state, reason } = container
      return { state: state === 'running' ? 'running' : 'ended', reason, report: reportOf(id) }
    },
    stage,
  )
  return { containers: present, ...health }
}

const isDown = ({ state }: Container) => state !== 'running'

const progress = { green: 'done', waiting: 'in progress', failed: 'failed' } as const

/**
 * Waits until every gate is green, and reports the gates after each check.
 *
 * @param timeout in milliseconds
 * @throws NotUp after the timeout, or if waiting will not help
 */
async function awaitHealth(
  engine: Engine,
  cluster: Cluster,
  timeout: number,
  tell: (progress: Progress) => void,
): Promise<Heard> {
  const end = Date.now() + timeout
  const reports = openReports(engine)
  try {
    for (let present: readonly Container[] | undefined; ; await sleep(250)) {
      if (present === undefined || reports.broken() || present.some(isDown)) {
        present = await observeContainers(engine, cluster.name)
        reports.listenTo(present.filter(one => !isDown(one)).map(({ id }) => id))
      }
      const health = heard(cluster, present, reports.latest)
      for (const { name, state, detail } of health.gates) tell({ name, state: progress[state], detail })
      if (isUp(health.gates)) return health
      const final = health.gates.some(({ state }) => state === 'failed')
      if (final || Date.now() > end) throw await notUp(engine, health)
    }
  } finally {
    reports.end()
  }
}

async function notUp(engine: Engine, health: Heard): Promise<NotUp> {
  const closed = await closedGates(health, async ({ node, unit }) => {
    const container = health.containers.find(({ name }) => name === node)
    return container === undefined ? '' : lastLines(engine, container.id, unit)
  })
  return new NotUp(closed)
}

function viewOf({ cluster, userData }: Asked, { containers: present, seen, gates }: Heard): View {
  const nodes = seen.map(one => {
    const container = present.find(({ name }) => name === one.name)
    const node = container?.seat === undefined ? groupName(cluster.name, container?.group ?? '') : one.name
    const older = container !== undefined && container.userData !== userData.get(node)?.sha256
    const remark = older ? 'outdated user data' : ''
    const pool = one.leads ? undefined : one.name.replace(/-\d+$/, '')
    const age = one.report === undefined ? undefined : 0
    return { ...one, pool, machine: container?.id, address: container?.address, remark, age }
  })
  return {
    status: statusOf(cluster, userData, asMachines(cluster.name, present)),
    standing: standingIn(cluster, { seen, gates }),
    ...(present.some(({ image }) => hasStandIns(image)) && { notice: standInNotice }),
    health: { nodes, gates, pages: pagesOf(cluster, { containers: present, seen, gates }) },
    place: 'on this machine',
  }
}

function standingIn(cluster: Cluster, { seen, gates }: Health): Standing {
  if (healthyLeaders(seen, expectedOf(cluster, 0)) < cluster.quorum) return 'without quorum'
  return isUp(gates) ? 'whole' : 'incomplete'
}

/** The web pages of Mesos and Marathon, at addresses that this machine can reach. An image may not contain Marathon. */
function pagesOf(cluster: Cluster, { containers: present, seen }: Heard): readonly Page[] {
  const runs = (name: string) => seen.some(one => one.name === name && one.report?.marathon)
  return cluster.seats.flatMap(({ name, values }): readonly Page[] => {
    const published = present.find(container => container.name === name)?.published ?? {}
    const page = (what: Page['what'], port: number): readonly Page[] => {
      const at = published[port]
      return at === undefined ? [] : [{ node: name, what, url: `http://${at}/` }]
    }
    return [
      ...page('Mesos', values.mesos_leader_port),
      ...(values.marathon_enabled && runs(name) ? page('Marathon', values.marathon_http_port) : []),
    ]
  })
}

/**
 * Finds the container of a node.
 *
 * @throws Refused if it does not exist
 */
async function findContainer({ cluster, engine: named }: Asked, name: string) {
  const engine = await findEngine(named)
  const present = await explained(observeContainers(engine, cluster.name))
  const container = present.find(one => one.name === name)
  if (container !== undefined) return { engine, container }
  throw new Refused([{ path: Path.ofOption('--node'), message: whyNot(name, present) }])
}

/** @throws Refused if it is not running */
async function findRunning(asked: Asked, name: string) {
  const { engine, container } = await findContainer(asked, name)
  const { id, state, reason } = container
  if (state === 'running') return { engine, id }
  const message = `${name} is ${reason ?? state}; start it again with npm run launch`
  throw new Refused([{ path: Path.ofOption('--node'), message }])
}

const notHere = 'the cluster is not running on this machine; launch it with npm run launch -- --target local'

function whyNot(name: string, all: readonly Container[]): string {
  if (all.length === 0) return notHere
  const names = all.map(container => container.name)
  return `unknown node ${name}${didYouMean(name, names) || `; use one of: ${names.slice(0, 10).join(', ')}`}`
}
