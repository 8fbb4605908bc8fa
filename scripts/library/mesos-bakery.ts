import type { Cluster } from '../cluster/cluster.ts'
import { checkOverrides } from '../cluster/overrides.ts'
import { resolveCluster } from '../cluster/resolve.ts'
import type { OutFile } from '../embed/format.ts'
import { type FormatName, formatNamed, formats, writeAs } from '../embed/formats.ts'
import type { Part } from '../embed/mime.ts'
import { checkVars, type Mapping } from '../inventory/check-fields.ts'
import { locate } from '../inventory/locate.ts'
import { parseInventory } from '../inventory/parse.ts'
import { Refused } from '../inventory/problems.ts'
import type { Plan } from '../plan/step.ts'
import { type Actual, nothing } from '../targets/ec2/actual.ts'
import type { Ec2Step } from '../targets/ec2/ec2-step.ts'
import { unseenImage } from '../targets/ec2/image.ts'
import { planLaunch } from '../targets/ec2/plan-launch.ts'
import type { UserData } from '../user-data/render.ts'
import { renderedOf } from './rendered.ts'

export type { Cluster, Machine, Node, Pool, Seat } from '../cluster/cluster.ts'
export type { OutFile } from '../embed/format.ts'
export type { FormatName } from '../embed/formats.ts'
export type { Part } from '../embed/mime.ts'
export { type Problem, Refused, sayProblem } from '../inventory/problems.ts'
export type { Plan } from '../plan/step.ts'
export type { Actual } from '../targets/ec2/actual.ts'
export type { Ec2Step as Step } from '../targets/ec2/ec2-step.ts'
export type { UserData } from '../user-data/render.ts'

/** What is set above an inventory, as the options of the commands do. */
export interface LoadOptions {
  /** The name of the file, for the messages; `inventory.yaml` unless it is given. */
  readonly file?: string
  /** How many leaders; odd. */
  readonly leaders?: number
  /** The size of a pool; its name is needed where there are several. */
  readonly followers?: { readonly min: number; readonly max: number; readonly pool?: string }
  /** The AMI to start from. */
  readonly image?: string
  /** Variables on every node. */
  readonly vars?: Readonly<Record<string, unknown>>
}

/**
 * Reads an inventory and resolves it into the nodes of a cluster.
 *
 * @param text the YAML, not the name of a file
 * @returns every node with every variable final
 * @throws Refused with all problems at once, each with its place in the text
 * @example
 * const cluster = loadInventory(readFileSync('inventory.yaml', 'utf8'), { leaders: 3 })
 */
export function loadInventory(text: string, options: LoadOptions = {}): Cluster {
  const { file = 'inventory.yaml', vars = {} } = options
  const source = { file, text: text.replace(/^\ufeff/, '') }
  try {
    const overrides = checkOverrides(options, checkVars(vars as Mapping, 'vars'))
    return resolveCluster(parseInventory(source.text, file), overrides)
  } catch (error) {
    throw error instanceof Refused ? new Refused(locate(error.problems, source)) : error
  }
}

/**
 * Renders user-data: that of every node, or of one by its name. The same cluster gives the same bytes, always.
 *
 * @returns the seats by number, then the pools; each with its text, its size in bytes and its sha256
 * @throws Refused when no node has that name, with the nearest
 * @example
 * const { text, sha256 } = renderUserData(cluster, 'cluster1-leader-1')
 */
export function renderUserData(cluster: Cluster): readonly UserData[]
export function renderUserData(cluster: Cluster, node: string): UserData
export function renderUserData(cluster: Cluster, node?: string): UserData | readonly UserData[] {
  const all = renderedOf(cluster, node === undefined ? undefined : [node]).map(({ userData }) => userData)
  return node === undefined ? all : (all[0] as UserData)
}

/** How nodes are handed to another tool. */
export interface RenderOptions {
  /** The names of the nodes; all unless they are given. */
  readonly nodes?: readonly string[]
  /** Parts of your own, for `mime`. */
  readonly parts?: readonly Part[]
  /** The instance id of a seed, for `nocloud`. */
  readonly instance?: string
}

/**
 * Writes nodes in a format of `render --format`: the very files, as bytes.
 *
 * @throws Refused when there is no such format or node, or when the format can't carry the bytes
 * @example
 * const [module] = renderAs('terraform', cluster)
 */
export function renderAs(
  format: FormatName,
  cluster: Cluster,
  options: RenderOptions = {},
): readonly OutFile[] {
  const name = formatNamed(format, 'format')
  const { nodes: names, parts = [], instance } = options
  const nodes = renderedOf(cluster, names)
  return writeAs(name, { cluster, nodes, named: names !== undefined, parts, instance })
}

/** The formats of `renderAs`. */
export const formatNames = Object.keys(formats) as readonly FormatName[]

/**
 * Plans a launch: the steps from what is there to what the inventory asks, as `launch --dry-run --json` prints them.
 *
 * @param actual what is there; nothing unless it is given
 * @throws Refused when a launch would break a rule
 * @example
 * const { steps } = plan(cluster)
 */
export function plan(cluster: Cluster, actual: Actual = nothing): Plan<Ec2Step> {
  const userData = new Map(renderUserData(cluster).map(one => [one.name, one]))
  return planLaunch({ cluster, userData, actual, imageOf: machine => unseenImage(cluster, machine) })
}
