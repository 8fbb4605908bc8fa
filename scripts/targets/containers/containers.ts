import type { Cluster } from '../../cluster/cluster.ts'
import { groupName } from '../../cluster/names.ts'
import { linesOn } from '../../health/console.ts'
import { electedIn } from '../../health/elected.ts'
import { gateNames, isUp } from '../../health/gates.ts'
import type { Health, Page } from '../../health/health.ts'
import { healthyLeaders, whyNotReplace } from '../../health/replaceable.ts'
import { expectedOf } from '../../health/seen.ts'
import { bakeryOf } from '../../image/bakery.ts'
import { bakedImage, imageName } from '../../image/container-image.ts'
import { hasStandIns, standInFolder, standInNotice, withStandIns } from '../../image/stand-ins.ts'
import { toolsEnv } from '../../image/tools-env.ts'
import { didYouMean } from '../../inventory/nearest.ts'
import { Path } from '../../inventory/problem-path.ts'
import { orRefuse, Refused, sayProblem } from '../../inventory/problems.ts'
import { type Act, runSteps } from '../../plan/run.ts'
import { type Standing, statusOf } from '../../plan/status.ts'
import { type Bundles, bundlesIn } from '../../secrets/secret-set.ts'
import { type Asked, type Proposal, type Rollout, type Target, tellingGates, type View } from '../target.ts'
import { asMachines, type Container } from './container.ts'
import { observeContainers, observeUserData } from './engine/container.ts'
import { ask, awaitHealth, type Heard, heard } from './engine/container-health.ts'
import { resizerOn, rollerOn } from './engine/container-roller.ts'
import { groundOf, launcher, remover } from './engine/container-steps.ts'
import { call, type Engine, findEngine, lend } from './engine/engine.ts'
import { explain, explained } from './engine/engine-errors.ts'
import { observeRoll, rollLockOf } from './engine/lock-container.ts'
import { observe } from './engine/observe-cluster.ts'
import { askEvidence, askReport } from './engine/reports.ts'
import { checkEngine, imageFits } from './engine/requirements.ts'
import { observeResize } from './engine/resize-record.ts'
import {
  type ContainerFacts,
  type ContainerStep,
  planContainers,
  planRemoval,
  secretsStay,
  unfinished,
} from './plan.ts'
import { planReplacement, planRestart } from './plan-container-replacement.ts'
import { resizeOf } from './plan-resize.ts'

/** Clusters in containers on this machine: Podman or Docker instead of EC2, with exactly the same user data. */
export const target: Target = {
  async planLaunch(given, { dryRun, prune, standIns }) {
    const engine = await findEngine(given.engine)
    const actual = await explained(observe(engine, given.cluster.name))
    const asked = await withImage(given, actual.containers, standIns)
    const bundles = dryRun ? undefined : await bundlesOf(asked)
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
    return { ...rollout(engine, { ...asked, bundles }, plan.steps), plan, rolling: actual.rolling }
  },

  async planReplacement(given, node, { keepDisk }) {
    const engine = await findEngine(given.engine)
    const actual = await explained(observe(engine, given.cluster.name))
    if (actual.resizing !== undefined) throw new Refused([unfinished(actual.resizing)])
    orRefuse(actual, secretsStay({ cluster: given.cluster, actual }))
    const asked = { ...(await withImage(given, actual.containers, false)), bundles: await bundlesOf(given) }
    const image = await bakedImage(bakeryOf(asked, asked), engine)
    const step = (keepDisk ? planRestart : planReplacement)({ ...asked, image, actual }, node)
    if (step.kind === 'seat') {
      const { seen } = await explained(listen(engine, asked.cluster))
      const why = whyNotReplace(node, seen, expectedOf(asked.cluster, 0), keepDisk)
      if (why !== undefined) throw new Refused([{ path: Path.outside(node), message: why }])
    }
    return { ...rollout(engine, asked, [step]), rolling: actual.rolling }
  },

  async planRoll(given, { dryRun }) {
    const { engine, asked, facts, lock } = await prepareUpdate(given, dryRun)
    const plan = planContainers(facts)
    const launch = { ...rollout(engine, { ...asked, bundles: facts.bundles }, plan.steps), plan }
    return { launch, lock, explain, ...rollerOn(engine, facts) }
  },

  async planResize(given, { dryRun }) {
    const { engine, facts, lock } = await prepareUpdate(given, dryRun)
    const resize = resizeOf(facts)
    return { ...resize, place: placeOf(engine), lock, explain, ...resizerOn(engine, facts, resize) }
  },

  async planDestroy({ cluster, engine: named }) {
    const engine = await findEngine(named)
    const steps = planRemoval(await explained(observe(engine, cluster.name)))
    return proposal(engine, steps, remover(engine))
  },

  look: asked => lookAt(asked, askReport),
  examine: asked => lookAt(asked, askEvidence),

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
    const answer = await explained(listen(await findEngine(engine), cluster))
    const elected = electedIn(answer.seen)[0]?.name
    const pages = pagesOf(cluster, answer).filter(({ node }) => elected === undefined || node === elected)
    if (pages.length === 0) throw new Refused([{ path: Path.outside(cluster.name), message: notHere }])
    tell(pages)
    return 0
  },
}

async function lookAt(asked: Asked, request: typeof askReport): Promise<View> {
  const engine = await findEngine(asked.engine)
  const { name } = asked.cluster
  const [answers, rolling, resizing] = await explained(
    Promise.all([ask(engine, name, request), observeRoll(engine, name), observeResize(engine, name)]),
  )
  const { notice, ...view } = viewOf(asked, heard(asked.cluster, answers))
  const notices = [notice ?? [], resizing === undefined ? [] : sayProblem(unfinished(resizing))].flat()
  return { ...view, rolling, ...(notices.length > 0 && { notice: notices.join('\n') }) }
}

/** What an update of an existing cluster is based on. */
async function prepareUpdate(given: Asked, dryRun: boolean) {
  const engine = await findEngine(given.engine)
  const actual = await explained(observe(engine, given.cluster.name))
  const asked = await withImage(given, actual.containers, false)
  const image = await imageFor(asked, engine, dryRun)
  const { cluster, userData } = asked
  const facts: ContainerFacts = {
    cluster,
    userData,
    image,
    actual,
    bundles: dryRun ? undefined : await bundlesOf(asked),
  }
  return { engine, asked, facts, lock: rollLockOf(engine, asked.cluster.name, image) }
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

/** The secrets of each role, if the cluster has any. */
async function bundlesOf({ cluster, source, env }: Asked): Promise<Bundles | undefined> {
  if (cluster.secrets === undefined) return undefined
  // Loaded on demand, because most clusters have no secrets.
  const { readSecrets, secretsFile } = await import('../../secrets/stores/age-file.ts')
  return bundlesIn(await readSecrets(secretsFile(cluster.secrets, source.folder, env), cluster.name))
}

function rollout(
  engine: Engine,
  asked: Asked & Pick<ContainerFacts, 'bundles'>,
  steps: readonly ContainerStep[],
): Rollout {
  const { cluster } = asked
  return {
    ...proposal(engine, steps, launcher(groundOf(engine, asked))),
    awaited: gateNames(expectedOf(cluster, 0)),
    async wait(_, timeout, tell) {
      return viewOf(asked, await awaitHealth(engine, cluster, timeout, tellingGates(tell)))
    },
  }
}

/** The health of a cluster now. */
async function listen(engine: Engine, cluster: Cluster): Promise<Heard> {
  return heard(cluster, await ask(engine, cluster.name))
}

function viewOf({ cluster, userData }: Asked, { containers: present, seen, gates }: Heard): View {
  const nodes = seen.map(one => {
    const container = present.find(({ name }) => name === one.name)
    const node = container?.seat === undefined ? groupName(cluster.name, container?.group ?? '') : one.name
    const older = container !== undefined && container.userData !== userData.get(node)?.sha256
    const remark = older ? 'outdated user data' : ''
    const pool = one.leads ? undefined : one.name.replace(/-\d+$/, '')
    const age = one.report === undefined ? undefined : 0
    const time = one.report?.evidence?.time
    const ahead = time === undefined ? undefined : time - Date.now() / 1_000
    return { ...one, pool, machine: container?.id, address: container?.address, remark, age, time, ahead }
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
