import { readFile, writeFile } from 'node:fs/promises'
import { type LocalCluster, localCluster, until } from '../harness/local-cluster.ts'
import type { Part } from './measure.ts'

const leaders = 3

/** The time that `roll` takes for three leaders of an idle cluster, compared with the same steps by hand. */
export async function roll(): Promise<Part> {
  const cluster = await localCluster({ leaders })
  try {
    await run(cluster, 'launch')
    const rolled = await seconds(cluster, 60, () => run(cluster, 'roll'))
    const byHand = await seconds(cluster, 70, () => restartOneByOne(cluster))
    return {
      compared: [
        `${leaders} leaders in containers with other user data, until all health checks pass:`,
        `\`roll --yes\`: ${rolled.toFixed(1)} s`,
        `\`replace --keep-disk\` for one leader after the other, the elected one last: ${byHand.toFixed(1)} s`,
      ],
      measures: [
        {
          what: 'roll, compared with the same steps by hand',
          value: rolled / byHand,
          unit: '×',
          goal: { atMost: 1.2 },
        },
        { what: 'roll of three leaders', value: rolled, unit: 's', goal: { atMost: 240 } },
      ],
    }
  } finally {
    await cluster.remove()
  }
}

async function seconds(
  cluster: LocalCluster,
  frameworks: number,
  update: () => Promise<void>,
): Promise<number> {
  const inventory = JSON.parse(await readFile(cluster.inventory, 'utf8'))
  inventory.vars.mesos_leader_options = { max_completed_frameworks: frameworks }
  await writeFile(cluster.inventory, JSON.stringify(inventory))
  const begin = Date.now()
  await update()
  return (Date.now() - begin) / 1_000
}

async function restartOneByOne(cluster: LocalCluster): Promise<void> {
  const { elected, nodes } = await cluster.health()
  const others = nodes.map(({ name }) => name).filter(name => name !== elected)
  for (const node of [...others, elected ?? '']) {
    await run(cluster, 'replace', '--keep-disk', '--node', node)
    await until('all health checks pass', 60, async () => (await cluster.health()).up)
  }
}

async function run(cluster: LocalCluster, command: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await cluster.run(command, '--yes', ...args)
  if (code !== 0) throw new Error(stderr)
}
