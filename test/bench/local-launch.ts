import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bakedImage } from '../harness/baked.ts'
import { run } from '../harness/command.ts'
import { readDocument } from '../harness/documents.ts'
import { type LocalCluster, localCluster, until } from '../harness/local-cluster.ts'
import { podman } from '../harness/podman.ts'
import { least, type Part } from './measure.ts'

const rounds = 2
const leaders = 3
// Disabled, because the stand-in for Marathon would only wait for the other services on both sides.
const vars = { marathon_enabled: false }

/**
 * The time from `launch` to the last green gate for three leaders, compared with the same containers started by hand.
 */
export async function localLaunch(): Promise<Part> {
  const image = await bakedImage()
  const launched: number[] = []
  const booted: number[] = []
  const bare: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    booted.push(await byHand(image, 'booted'))
    launched.push(await byLaunch())
    bare.push(await byHand(image, 'bare'))
  }
  const seconds = (values: readonly number[]) => values.map(value => value.toFixed(1)).join(' and ')
  return {
    compared: [
      `${leaders} leaders in containers, from the start until all masters agree on the elected one:`,
      `\`launch --target local --yes\` until it exits: ${seconds(launched)} s`,
      `the same machines without user data, with all daemons started by hand after cloud-init: ${seconds(booted)} s`,
      `the same daemons without systemd and cloud-init, in containers that only sleep: ${seconds(bare)} s`,
    ],
    measures: [
      {
        what: 'launch, compared with starting the daemons by hand',
        value: least(launched) / least(booted),
        unit: '×',
        goal: { atMost: 1.5 },
      },
      {
        what: 'launch, compared with daemons without systemd',
        value: least(launched) / least(bare),
        unit: '×',
      },
    ],
  }
}

async function byLaunch(): Promise<number> {
  const cluster = await localCluster({ leaders, vars })
  try {
    const begin = Date.now()
    const { code, stderr } = await cluster.run('launch', '--yes')
    if (code !== 0) throw new Error(stderr)
    return (Date.now() - begin) / 1_000
  } finally {
    await cluster.remove()
  }
}

/** `booted` is a machine with systemd and cloud-init as created by `launch`, `bare` a container that only sleeps. */
type Kind = 'booted' | 'bare'

async function byHand(image: string, kind: Kind): Promise<number> {
  const cluster = await localCluster({ leaders, vars })
  const folder = await mkdtemp(join(tmpdir(), 'mesos-bakery-hand-'))
  const network = `mesos-bakery-${cluster.name}`
  try {
    const trees = await writeTrees(cluster, folder)
    const begin = Date.now()
    await podman('network', 'create', '--disable-dns', '--subnet', subnet, network)
    await Promise.all(
      trees.map((tree, index) => startByHand(cluster, kind, { image, network, tree, seat: index + 1 })),
    )
    await until('all masters agree on the elected one', 180, () => agreed())
    return (Date.now() - begin) / 1_000
  } finally {
    await cluster.remove()
    await rm(folder, { recursive: true })
  }
}

const subnet = '10.214.77.0/24'
const addressOf = (seat: number) => `10.214.77.${10 + seat}`
const seats = Array.from({ length: leaders }, (_, index) => index + 1)

/** Writes the files of each leader's user data to a directory, with the addresses that Consul joins. */
async function writeTrees(cluster: LocalCluster, folder: string): Promise<readonly string[]> {
  const { stdout } = await run('render', ['--inventory', cluster.inventory, '--json'])
  const nodes: readonly { userData: string }[] = JSON.parse(stdout).nodes
  const joined = JSON.stringify({ retry_join: seats.map(addressOf), retry_interval: '1s' })
  return Promise.all(
    nodes.slice(0, leaders).map(async ({ userData }, index) => {
      const tree = join(folder, String(index))
      const files = readDocument(userData).write_files
      for (const { path, content } of [...files, { path: '/etc/consul.d/local.json', content: joined }]) {
        const place = join(tree, path.replace(/^\/etc\//, ''))
        await mkdir(dirname(place), { recursive: true })
        await writeFile(place, content)
      }
      return tree
    }),
  )
}

async function startByHand(
  cluster: LocalCluster,
  kind: Kind,
  { image, network, tree, seat }: { image: string; network: string; tree: string; seat: number },
): Promise<void> {
  const name = cluster.leader(seat)
  const label = `mesos-bakery.cluster=${cluster.name}`
  const place = ['--network', network, '--ip', addressOf(seat), '--hostname', name]
  const limits = ['--ulimit', 'nofile=1024:4096', '--ulimit', 'nproc=4096:4096']
  const flags = ['--label', label, ...place, ...limits, '--env', 'AWS_EC2_METADATA_DISABLED=true']
  const [systemd, command] = kind === 'booted' ? [['--systemd=always'], []] : [[], ['sleep', '600']]
  await podman('run', '--detach', '--name', name, ...flags, ...systemd, image, ...command)
  if (kind === 'booted') await podman('exec', name, 'cloud-init', 'status', '--wait')
  await podman('cp', `${tree}/.`, `${name}:/etc/`)
  await podman('cp', 'test/bench/by-hand.sh', `${name}:/by-hand.sh`)
  const given = ['--env', 'AWS_EC2_METADATA_DISABLED=true']
  await podman('exec', '--detach', ...given, name, '/by-hand.sh')
}

/** Whether all masters report the same leader, and this leader reports itself. */
async function agreed(): Promise<boolean> {
  const ask = (seat: number, path: string, redirect: 'manual' | 'follow') =>
    fetch(`http://${addressOf(seat)}:5050${path}`, { redirect, signal: AbortSignal.timeout(2_000) })
  const named = await Promise.all(
    seats.map(async seat => (await ask(seat, '/redirect', 'manual')).headers.get('location')),
  )
  const elected = await Promise.all(
    seats.map(async seat => {
      const metrics = (await (await ask(seat, '/metrics/snapshot', 'follow')).json()) as Record<
        string,
        number
      >
      return metrics['master/elected']
    }),
  )
  return new Set(named).size === 1 && named[0] !== null && elected.filter(one => one === 1).length === 1
}
