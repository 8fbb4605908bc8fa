import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '../../scripts/health/report.ts'
import { noAwsEnv } from './aws.ts'
import { bakedImage, bakedSettings, type Packages } from './baked.ts'
import { type Ran, run } from './command.ts'
import { packerEnv } from './packer.ts'
import { podman, tryPodman } from './podman.ts'

/** A cluster in containers that a test launches with the commands for users. */
export interface LocalCluster {
  readonly name: string
  /** Runs a command with it: `launch`, `status`, `destroy`, … */
  readonly run: (command: string, ...args: readonly string[]) => Promise<Ran>
  /** The path of its inventory. */
  readonly inventory: string
  /** The output of `status --json`. */
  readonly health: () => Promise<Health>
  /** Runs a shell command on a node and returns its output. Throws if it fails. */
  readonly sh: (node: string, script: string) => Promise<string>
  /** How often systemd has restarted each of our units, on all running nodes. Marathon exits by design. */
  readonly restarts: () => Promise<Readonly<Record<string, number>>>
  /** Asks the elected Marathon for tasks, and waits until they run. They take `stops_after` seconds to stop. */
  readonly runTasks: (tasks: TasksAsked) => Promise<void>
  /** The running tasks that the elected master knows, by the address of their agent. */
  readonly tasks: () => Promise<ReadonlyMap<string, number>>
  readonly leader: (seat: number) => string
  readonly follower: (number: number) => string
  readonly remove: () => Promise<void>
}

/** How many tasks, and in seconds how long each takes to stop and may take. */
export interface TasksAsked {
  readonly count: number
  readonly stops_after: number
  readonly grace: number
}

/** The part of `status --json` that tests check. */
export interface Health {
  readonly up: boolean
  readonly elected: string | null
  readonly gates: readonly { readonly name: string; readonly state: string; readonly detail: string }[]
  readonly nodes: readonly {
    readonly name: string
    readonly machine: string | null
    readonly address: string | null
    readonly state: string
    readonly report: Report | null
  }[]
  readonly pages: readonly { readonly node: string; readonly what: string; readonly url: string }[]
}

export interface Shape {
  readonly leaders: number
  readonly followers?: number
  readonly mode?: 'leader' | 'mixed'
  readonly vars?: Readonly<Record<string, unknown>>
  readonly seats?: Readonly<Record<number, object>>
  /** The packages of its image. Default: all of them. */
  readonly packages?: Packages
}

/** Writes the inventory of a cluster with a unique name, and bakes the image of the tests if necessary. */
export async function localCluster(shape: Shape): Promise<LocalCluster> {
  await bakedImage(shape.packages)
  await sweep()
  const name = `t${process.pid}-${randomBytes(2).toString('hex')}`
  const folder = await mkdtemp(join(tmpdir(), 'mesos-bakery-cluster-'))
  const file = join(folder, 'inventory.yaml')
  await writeFile(file, JSON.stringify(inventoryOf(name, shape, await bakedSettings(shape.packages))))
  const env = packerEnv(noAwsEnv())
  const runIt: LocalCluster['run'] = (command, ...args) =>
    run(command, ['--target', 'local', '--inventory', file, ...args], { env })
  const health: LocalCluster['health'] = async () =>
    JSON.parse((await runIt('status', '--json')).stdout).health
  const sh: LocalCluster['sh'] = (node, script) => podman('exec', node, 'bash', '-c', script)
  return {
    name,
    inventory: file,
    run: runIt,
    health,
    sh,
    restarts: () => restartsOf(name),
    async runTasks(tasks) {
      const body = JSON.stringify(tasks)
      await until('the elected Marathon accepts the tasks', 30, async () => {
        const marathons = (await health()).pages.filter(({ what }) => what === 'Marathon')
        const answers = marathons.map(({ url }) => fetch(`${url}double/tasks`, { method: 'PUT', body }))
        return (await Promise.all(answers)).some(({ ok }) => ok)
      })
      await until('the tasks run', 30, async () => sumOf(await tasksOf(await health())) === tasks.count)
    },
    tasks: async () => tasksOf(await health()),
    leader: seat => `${name}-leader-${seat}`,
    follower: number => `${name}-web-${number}`,
    async remove() {
      await removeCluster(name)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function inventoryOf(
  cluster: string,
  { leaders, followers = 0, mode = 'leader', vars, seats }: Shape,
  image: object,
) {
  const pool = followers === 0 ? {} : { web: { min: followers, max: 9 } }
  return {
    cluster,
    image,
    // Small values for tests. The golden files contain the production defaults.
    vars: { zookeeper_heap_mb: 128, ...vars },
    groups: { all: { vars: { mesos_mode: mode }, count: leaders, ...(seats && { seats }) }, ...pool },
  }
}

/** The running tasks that the elected master knows, by the address of their agent. */
async function tasksOf({ elected, pages }: Health): Promise<ReadonlyMap<string, number>> {
  const page = pages.find(({ node, what }) => node === elected && what === 'Mesos')
  const answer = await fetch(`${page?.url}state`, { redirect: 'error' })
  const { slaves, frameworks } = (await answer.json()) as {
    slaves: { id: string; hostname: string }[]
    frameworks: { tasks: { slave_id: string }[] }[]
  }
  const tasks = frameworks.flatMap(framework => framework.tasks)
  return new Map(
    slaves.map(({ id, hostname }) => [hostname, tasks.filter(({ slave_id }) => slave_id === id).length]),
  )
}

function sumOf(numbers: ReadonlyMap<string, number>): number {
  return [...numbers.values()].reduce((sum, number) => sum + number, 0)
}

/** The running containers of a cluster, according to the engine. */
async function runningOf(cluster: string): Promise<readonly string[]> {
  const filter = `label=mesos-bakery.cluster=${cluster}`
  return (await podman('ps', '--filter', filter, '--format', '{{.Names}}'))
    .split('\n')
    .filter(name => name !== '')
}

const units = [
  'consul',
  'dnsmasq',
  'zookeeper',
  'mesos-master',
  'mesos-agent',
  'mesos-bakery-names',
  'mesos-bakery-seat',
]

async function restartsOf(cluster: string): Promise<Readonly<Record<string, number>>> {
  const names = await runningOf(cluster)
  const counts = await Promise.all(
    names.map(async name => {
      const services = units.map(unit => `${unit}.service`)
      const shown = await podman(
        'exec',
        name,
        'systemctl',
        'show',
        '--property=NRestarts',
        '--value',
        ...services,
      )
      const each = shown.split('\n').filter(line => line !== '')
      return units.map((unit, index) => [`${name} ${unit}`, Number(each[index])] as const)
    }),
  )
  return Object.fromEntries(counts.flat())
}

/** Polls about three times a second until there is a result, and returns it with the elapsed seconds. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined | false>,
): Promise<{ readonly answer: T; readonly after: number }> {
  const begin = Date.now()
  for (;;) {
    const answer = await ask().catch(() => undefined)
    const after = (Date.now() - begin) / 1_000
    if (answer !== undefined && answer !== false) return { answer, after }
    if (after > seconds) throw new Error(`${what}: not within ${seconds} s`)
    await sleep(250)
  }
}

/** Deletes the clusters of test processes that have ended. */
async function sweep(): Promise<void> {
  const all = await podman('ps', '--all', '--format', '{{index .Labels "mesos-bakery.cluster"}}')
  const networks = await podman('network', 'ls', '--format', '{{.Name}}')
  const names = [...all.split('\n'), ...networks.split('\n').map(name => name.replace('mesos-bakery-', ''))]
  for (const name of new Set(names)) {
    const pid = /^t(\d+)-[0-9a-f]{4}$/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) await removeCluster(name)
  }
}

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function removeCluster(name: string): Promise<void> {
  const filter = `label=mesos-bakery.cluster=${name}`
  const ids = await podman('ps', '--all', '--quiet', '--filter', filter)
  if (ids !== '') await tryPodman('rm', '--force', '--time', '0', '--volumes', ...ids.split('\n'))
  await tryPodman('network', 'rm', '--force', `mesos-bakery-${name}`)
}
