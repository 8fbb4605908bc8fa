import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fromCall } from './cli/inventory-file.ts'
import { loadInventory, loadToLook } from './cli/load.ts'
import { type Command, env, main, print, printJson } from './cli/main.ts'
import {
  type Given,
  inventoryOptions,
  Misused,
  overrideOptions,
  targetOptions,
  textOf,
  textsOf,
} from './cli/options.ts'
import { clearFolder, readBytes, writeFiles } from './cli/out-files.ts'
import { onStdout } from './cli/screen.ts'
import { nodesOf } from './cluster/cluster.ts'
import { type Format, type Material, type OutFile, textFile } from './embed/format.ts'
import { type FormatName, formatNamed, formats, writeAs } from './embed/formats.ts'
import { nodeNamed } from './embed/nodes.ts'
import { orRefuse } from './inventory/problems.ts'
import { differences } from './plan/user-data-diff.ts'
import { sayDifferences } from './show/say-diff.ts'
import { table } from './show/table.ts'
import { blameTemplates } from './user-data/blame.ts'
import { gzip } from './user-data/gzip.ts'
import { loadTemplates } from './user-data/load-templates.ts'
import { renderNode, type UserData } from './user-data/render.ts'
import { readTemplates } from './user-data/template-files.ts'

const command: Command = {
  name: 'render',
  summary: 'Renders the user-data of every node.',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    node: { value: 'NAME', help: 'print the user-data of this seat or pool, byte for byte' },
    diff: { help: 'compare with what runs now' },
    format: { value: 'FORMAT', help: 'for another tool: docs/embedding.md has them all' },
    out: { value: 'DIR', help: 'the folder to write into; build/<cluster>/ if needed' },
    part: { value: 'FILE', multiple: true, help: 'a part of your own, for --format mime; may be repeated' },
    instance: { value: 'ID', help: 'the instance id of a seed, for --format nocloud' },
  },
  examples: [
    ['', 'all nodes, into build/<cluster>/'],
    ['--node cluster1-leader-1', 'one node, to stdout'],
    ['--leaders 5 --json', 'all nodes of five leaders, as data'],
    ['--format terraform', 'a Terraform module'],
    ['--diff', 'how it differs from what runs'],
  ],
  run: async given => {
    const format = formatOf(given)
    const { cluster } = await loadInventory(given)
    const templates = loadTemplates()
    const name = textOf(given, 'node')
    const chosen = name === undefined ? nodesOf(cluster) : [nodeNamed(cluster, name, '--node')]
    const nodes = chosen.map(node => ({ node, userData: renderNode(templates, cluster, node) }))
    const userData = nodes.map(one => one.userData)
    orRefuse(userData, blameTemplates(userData, readTemplates()))
    if (given.diff === true) {
      return diffShown(given, userData)
    }
    const parts = textsOf(given, 'part').map(file => readBytes(fromCall(file, env()), file))
    const material = { cluster, nodes, named: name !== undefined, parts, instance: textOf(given, 'instance') }
    // Without a format it is a document to read and compare, which no tool's limit binds.
    const files = format === undefined ? documents(material) : writeAs(format, material)
    deliver(given, material, files)
  },
}

/** Shows how what runs differs from what was rendered. */
async function diffShown(given: Given, rendered: readonly UserData[]): Promise<void> {
  const { asked, target } = await loadToLook(given)
  const found = differences(rendered, await target.booted(asked))
  if (given.json === true) printJson({ cluster: asked.cluster.name, nodes: found })
  else print(sayDifferences(found, onStdout().style))
}

function formatOf(given: Given): FormatName | undefined {
  const named = textOf(given, 'format')
  if (given.diff === true && (named ?? given.out) !== undefined) {
    throw new Misused('--diff compares, and writes nothing; leave out --format and --out')
  }
  if (given.json === true && named !== undefined && named !== 'json') {
    throw new Misused(`--json is a format of its own; leave out it or --format ${named}`)
  }
  const format = given.json === true ? 'json' : named && formatNamed(named, '--format')
  if (given.part !== undefined && format !== 'mime') throw new Misused('--part goes with --format mime')
  if (given.instance !== undefined && format !== 'nocloud') {
    throw new Misused('--instance goes with --format nocloud')
  }
  return format || undefined
}

function documents({ nodes }: Material): readonly OutFile[] {
  return nodes.map(({ userData }) => textFile(`${userData.name}.yaml`, userData.text))
}

/** Prints what is one document, and writes the rest. */
function deliver(given: Given, { cluster }: Material, files: readonly OutFile[]): void {
  const name = formatOf(given) ?? 'cloud-config'
  const format: Format = formats[name]
  const out = textOf(given, 'out')
  const [only] = files
  const prints = format.kind === 'node' ? given.node !== undefined : format.prints
  if (out === undefined && prints && only !== undefined) {
    process.stdout.write(only.bytes)
    return
  }
  const own = join('build', cluster.name, ...(name === 'cloud-config' ? [] : [name]))
  // Nodes that are no more must not be taken for nodes that are.
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

await main(command)
