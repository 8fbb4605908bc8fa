import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodesOf } from '../../scripts/cluster/cluster.ts'
import { expectedOf } from '../../scripts/health/seen.ts'
import { Path } from '../../scripts/inventory/problem-path.ts'
import { Refused } from '../../scripts/inventory/problems.ts'
import type { ActualMachines } from '../../scripts/plan/machines.ts'
import { runSteps } from '../../scripts/plan/run.ts'
import { standingOf, statusOf } from '../../scripts/plan/status.ts'
import { removal, type Step } from '../../scripts/plan/step.ts'
import type { Asked, Rollout, Target, View } from '../../scripts/targets/target.ts'

// A target whose machines are lines in a file next to the inventory: the minimum that commands require.

export const target: Target = {
  async planLaunch(asked) {
    const { cluster } = asked
    const present = machinesOf(asked)
    const steps = nodesOf(cluster)
      .filter(({ name }) => !present.includes(name))
      .map(({ name }) => launchStep(name))
    const { leaders, quorum } = { leaders: cluster.seats.length, quorum: cluster.quorum }
    const plan = {
      cluster: cluster.name,
      target: cluster.target,
      leaders,
      quorum,
      steps,
      outOfDate: [],
      surplus: [],
    }
    return { ...rolloutOf(asked, steps), plan }
  },

  async planReplacement(asked, node) {
    if (!machinesOf(asked).includes(node)) refuseUnknown(node)
    return rolloutOf(asked, [{ ...launchStep(node), action: 'replace' }])
  },

  async planRoll(asked) {
    const expected = expectedOf(asked.cluster, 0)
    const observed = { seats: [], pools: [], seen: [], gates: [], expected, tasks: undefined }
    const lock = {
      read: async () => undefined,
      take: async (by: string, now: string) => ({ id: '1', by, since: now, alive: 0, progress: '' }),
      remove: async () => undefined,
      renew: async () => undefined,
    }
    const roller = { observe: async () => observed, act: async () => undefined, logOf: async () => '' }
    const explain = () => undefined
    return { launch: await target.planLaunch(asked, launchOptions), lock, explain, ...roller }
  },

  async planResize(asked, options) {
    const leaders = asked.cluster.seats.length
    const { launch, ...roll } = await target.planRoll(asked, options)
    return { ...roll, from: leaders, to: leaders, place: launch.place, finish: async () => undefined }
  },

  async planDestroy(asked) {
    const steps = machinesOf(asked).map(name => removal('machine', name, name, []))
    return proposalOf(asked, steps)
  },

  look: async asked => viewOf(asked),
  examine: async asked => viewOf(asked),
  booted: async () => [],
  showLogs: async () => 0,
  openShell: async () => 0,
  openPages: async () => 0,
}

const launchOptions = { dryRun: false, prune: false, standIns: false, recover: false, timeout: 0 }

function refuseUnknown(node: string): never {
  throw new Refused([{ path: Path.ofOption('--node'), message: `unknown node ${node}` }])
}

function launchStep(name: string): Step {
  const says = { sign: '+', title: 'machine', detail: 'a line of a file' } as const
  return { id: name, needs: [], action: 'launch', kind: 'machine', name, says }
}

function proposalOf(asked: Asked, steps: readonly Step[]) {
  const act = async ({ action, name }: Step) => {
    const others = machinesOf(asked).filter(one => one !== name)
    writeFileSync(fileOf(asked), [...others, ...(action === 'delete' ? [] : [name])].join('\n'))
    return name
  }
  return { steps, place: 'in a file', run: tellOf(steps, act), explain: () => undefined }
}

function tellOf(steps: readonly Step[], act: (step: Step) => Promise<string>) {
  return (tell: Parameters<typeof runSteps<Step>>[2]) => runSteps(steps, act, tell)
}

function rolloutOf(asked: Asked, steps: readonly Step[]): Rollout {
  const awaited = nodesOf(asked.cluster).map(({ name }) => name)
  return {
    ...proposalOf(asked, steps),
    awaited,
    async wait(_, __, tell) {
      for (const name of awaited) tell({ name, state: 'done', detail: 'written' })
      return viewOf(asked)
    },
  }
}

const fileOf = ({ source }: Asked) => join(source.folder, 'machines.txt')

function machinesOf(asked: Asked): readonly string[] {
  const file = fileOf(asked)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return text.split('\n').filter(name => name !== '')
}

function viewOf(asked: Asked): View {
  const { cluster, userData } = asked
  const names = machinesOf(asked)
  const machines: ActualMachines['machines'] = cluster.seats
    .filter(({ name }) => names.includes(name))
    .map(({ name, seat }) => ({
      ...{ id: name, seat, leaders: cluster.seats.length, state: 'running', image: 'none' },
      ...{ userData: userData.get(name)?.sha256, address: undefined, reason: undefined },
    }))
  const pools = cluster.pools.map(({ name, group, min, max }) => {
    const there = names.includes(name)
    const followers = there ? [{ id: name, inService: true }] : []
    return { name, group, min, max, desired: there ? 1 : 0, going: false, machines: followers }
  })
  const status = statusOf(cluster, userData, { machines, pools })
  return {
    status,
    standing: standingOf(status),
    health: { nodes: [], gates: [], pages: [] },
    place: 'in a file',
  }
}
