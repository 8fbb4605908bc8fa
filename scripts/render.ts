import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { defineCommand } from './cli/command.ts'
import { inventoryOptions, overrideOptions, targetOptions } from './cli/common-options.ts'
import { fromCall } from './cli/inventory-file.ts'
import { loadInventory, loadToLook, type TargetOptions } from './cli/load.ts'
import { env, isProgram, main, print, printJson, say } from './cli/main.ts'
import { choice, flag, Misused, naming, repeated, text } from './cli/options.ts'
import { clearFolder, readBytes, writeFiles } from './cli/out-files.ts'
import { onStdout } from './cli/screen.ts'
import { type Cluster, type Node, nodesOf } from './cluster/cluster.ts'
import { type Format, type Material, type OutFile, textFile } from './embed/format.ts'
import { type FormatName, formatNames, formats, writeAs } from './embed/formats.ts'
import { nodeNamed } from './embed/nodes.ts'
import { partWarnings } from './embed/parts.ts'
import { Path } from './inventory/problem-path.ts'
import { orRefuse, Refused, sayProblem } from './inventory/problems.ts'
import { differences } from './plan/user-data-diff.ts'
import { sayDifferences } from './show/say-diff.ts'
import { table } from './show/table.ts'
import { blameTemplates } from './user-data/blame.ts'
import { gzip } from './user-data/gzip.ts'
import { loadTemplates } from './user-data/load-templates.ts'
import { renderNode, type UserData } from './user-data/render.ts'
import { readTemplates } from './user-data/template-files.ts'

export const command = defineCommand({
  name: 'render',
  summary: 'render the user data of each node',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    node: naming('nodes', text('NAME', 'print the user data of one leader or pool')),
    diff: flag('compare with the user data of the running nodes'),
    format: choice('FORMAT', formatNames, `output format: ${formatNames.join(', ')}`),
    out: naming('folders', text('DIR', 'directory to write to (default build/CLUSTER)')),
    part: naming(
      'files',
      repeated(text('FILE', 'with --format mime, user data part to add; can be repeated')),
    ),
    instance: text('ID', 'with --format nocloud, instance ID of the seed'),
  },
  rules: [
    { option: 'json', conflictsWith: 'format', unless: 'json' },
    { option: 'diff', conflictsWith: 'format' },
    { option: 'diff', conflictsWith: 'out' },
    { option: 'part', requires: 'format', value: 'mime' },
    { option: 'instance', requires: 'format', value: 'nocloud' },
  ],
  examples: [
    ['', 'write all nodes to build/CLUSTER'],
    ['--node cluster1-leader-1', 'print the user data of one node'],
    ['--leaders 5 --json', 'print JSON for 5 leaders'],
    ['--format terraform', 'write a Terraform module'],
    ['--diff', 'compare with the running nodes'],
  ],
  run: async given => {
    const format = given.json ? 'json' : given.format
    const { cluster } = await loadInventory(given)
    const templates = loadTemplates()
    const chosen = given.node === undefined ? nodesOf(cluster) : [nodeAsked(cluster, given.node)]
    const nodes = chosen.map(node => ({ node, userData: renderNode(templates, cluster, node) }))
    const userData = nodes.map(one => one.userData)
    orRefuse(userData, blameTemplates(userData, readTemplates()))
    if (given.diff) return diffShown(given, userData)
    const parts = given.part.map(file => readBytes(fromCall(file, env()), file))
    for (const one of parts.flatMap(partWarnings)) say(`warning: ${sayProblem(one)} [${one.code}]`)
    const material = { cluster, nodes, named: given.node !== undefined, parts, instance: given.instance }
    // Without a format, the documents are for reading and comparing, so no size limit applies.
    const files = format === undefined ? documents(material) : writeAs(format, material)
    deliver({ name: format ?? 'cloud-config', out: given.out }, material, files)
  },
})

/** Shows the differences between running and rendered user data. */
async function diffShown(
  given: TargetOptions & { readonly json: boolean },
  rendered: readonly UserData[],
): Promise<void> {
  const { asked, target } = await loadToLook(given)
  const found = differences(rendered, await target.booted(asked))
  if (given.json) printJson({ cluster: asked.cluster.name, nodes: found })
  else print(sayDifferences(found, onStdout().style))
}

/** The node given with `--node`. Its existence can be checked only after the inventory is read. */
function nodeAsked(cluster: Cluster, name: string): Node {
  try {
    return nodeNamed(cluster, name, Path.ofOption('--node'))
  } catch (error) {
    throw error instanceof Refused ? new Misused(error.message, { cause: error }) : error
  }
}

function documents({ nodes }: Material): readonly OutFile[] {
  return nodes.map(({ userData }) => textFile(`${userData.name}.yaml`, userData.text))
}

/** Prints a single document, and writes several documents to files. */
function deliver(
  { name, out }: { readonly name: FormatName; readonly out: string | undefined },
  { cluster, named }: Material,
  files: readonly OutFile[],
): void {
  const format: Format = formats[name]
  const [only] = files
  const prints = format.kind === 'node' ? named : format.prints
  if (out === undefined && prints && only !== undefined) {
    process.stdout.write(only.bytes)
    return
  }
  const own = join('build', cluster.name, ...(name === 'cloud-config' ? [] : [name]))
  // Deletes files of nodes that no longer exist.
  if (out === undefined) clearFolder(own, name === 'cloud-config' ? '.yaml' : undefined)
  writeFiles(out === undefined ? own : fromCall(out, env()), files)
  const rows = files.map(({ path, bytes }) => [
    join(out ?? own, path),
    `${bytes.length} bytes`,
    ...(name === 'cloud-config' ? [`${gzip(bytes).length} as gzip`] : []),
    `sha256 ${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}…`,
  ])
  for (const line of table(rows)) print(line)
}

if (isProgram(import.meta.url)) await main(command)
