import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cluster, nodesOf } from './cluster/cluster.ts'
import { suggestion } from './inventory/nearest.ts'
import { Refused } from './inventory/problems.ts'
import { loadCluster, loadTemplates } from './terminal/files.ts'
import { refuseFileError } from './terminal/inventory-file.ts'
import { type Command, main, print, printJson } from './terminal/main.ts'
import { inventoryOptions, overrideOptions, textOf } from './terminal/options.ts'
import { table } from './terminal/table.ts'
import { renderCluster, renderNode, type UserData } from './user-data/render.ts'

const command: Command = {
  name: 'render',
  summary: 'Renders the user-data of every node.',
  options: {
    ...inventoryOptions,
    ...overrideOptions,
    node: { value: 'NAME', help: 'print the user-data of this seat or pool, byte for byte' },
  },
  examples: [
    ['', 'all nodes, into build/<cluster>/'],
    ['--node cluster1-leader-1', 'one node, to stdout'],
    ['--leaders 5 --json', 'all nodes of five leaders, as data'],
  ],
  run: async given => {
    const cluster = loadCluster(given)
    const templates = loadTemplates()
    const name = textOf(given, 'node')
    if (name !== undefined && given.json !== true) {
      process.stdout.write(renderNode(templates, cluster, findNode(cluster, name)).text)
      return
    }
    const userData = renderCluster(templates, cluster)
    if (given.json === true) printJson(asJson(cluster, userData, name))
    else writeOrRefuse(cluster, userData)
  },
}

function findNode(cluster: Cluster, name: string) {
  const nodes = nodesOf(cluster)
  const names = nodes.map(node => node.name)
  const node = nodes.find(candidate => candidate.name === name)
  if (node !== undefined) return node
  const help = suggestion(name, names) ?? `there are ${names.slice(0, 10).join(', ')}`
  throw new Refused([{ path: '--node', message: `no node is named ${name}`, help }])
}

function asJson(cluster: Cluster, userData: readonly UserData[], only: string | undefined) {
  const chosen = only === undefined ? nodesOf(cluster) : [findNode(cluster, only)]
  const sums = new Map(userData.map(one => [one.name, one]))
  const nodes = chosen.map(node => ({
    name: node.name,
    group: node.group,
    mode: node.mode,
    seat: node.kind === 'seat' ? node.seat : null,
    bytes: sums.get(node.name)?.bytes,
    sha256: sums.get(node.name)?.sha256,
    userData: sums.get(node.name)?.text,
  }))
  return { cluster: cluster.name, quorum: cluster.quorum, nodes }
}

function writeOrRefuse(cluster: Cluster, userData: readonly UserData[]): void {
  try {
    writeAll(cluster, userData)
  } catch (error) {
    refuseFileError(error, join('build', cluster.name))
  }
}

function writeAll(cluster: Cluster, userData: readonly UserData[]): void {
  const folder = join('build', cluster.name)
  mkdirSync(folder, { recursive: true })
  // Nodes that are no more must not be taken for nodes that are.
  for (const file of readdirSync(folder)) if (file.endsWith('.yaml')) rmSync(join(folder, file))
  const rows = userData.map(({ name, text, bytes, sha256 }) => {
    const file = join(folder, `${name}.yaml`)
    writeFileSync(file, text)
    return [file, `${bytes} bytes`, `sha256 ${sha256.slice(0, 12)}…`]
  })
  for (const line of table(rows)) print(line)
}

await main(command)
