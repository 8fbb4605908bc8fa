import type { Cluster } from '../cluster/cluster.ts'
import { checkOverrides } from '../cluster/overrides.ts'
import { examine } from '../cluster/resolve.ts'
import { firstLaunch } from '../embed/first-launch.ts'
import type { OutFile } from '../embed/format.ts'
import { type FormatName, formatNamed, formats, writeAs } from '../embed/formats.ts'
import { type Part, partWarnings } from '../embed/parts.ts'
import { checkVars, type Mapping } from '../inventory/check-fields.ts'
import { locate } from '../inventory/locate.ts'
import { parseInventory } from '../inventory/parse.ts'
import { Path } from '../inventory/problem-path.ts'
import { type Problem, Refused } from '../inventory/problems.ts'
import type { Plan } from '../plan/step.ts'
import { type Actual, nothing } from '../targets/ec2/actual.ts'
import type { Ec2Step } from '../targets/ec2/ec2-step.ts'
import { targets } from '../targets/list.ts'
import { unfitting } from '../user-data/fit-rules.ts'
import type { UserData } from '../user-data/render.ts'
import { renderedOf } from './rendered.ts'

export type { Cluster, Machine, Node, Pool, Seat } from '../cluster/cluster.ts'
export type { OutFile } from '../embed/format.ts'
export type { FormatName } from '../embed/formats.ts'
export type { Part } from '../embed/parts.ts'
export { type Problem, Refused, sayProblem } from '../inventory/problems.ts'
export type { Plan } from '../plan/step.ts'
export type { Actual } from '../targets/ec2/actual.ts'
export type { Ec2Step as Step } from '../targets/ec2/ec2-step.ts'
export type { UserData } from '../user-data/render.ts'

/** Settings that override an inventory, like the options of the commands. */
export interface LoadOptions {
  /** The name of the file, for messages. Default: `inventory.yaml`. */
  readonly file?: string
  /** The number of leaders; odd. */
  readonly leaders?: number
  /** The size of a pool. Its name is required if there are several. */
  readonly followers?: { readonly min: number; readonly max: number; readonly pool?: string }
  /** The AMI to start from. */
  readonly image?: string
  /** Variables for all nodes. */
  readonly vars?: Readonly<Record<string, unknown>>
  /** Receives each warning of the check. Default: warnings are ignored. */
  readonly warn?: (warning: Problem) => void
}

/**
 * Reads an inventory and resolves it to the nodes of a cluster.
 *
 * @param text the YAML, not the name of a file
 * @returns every node with the final values of all variables
 * @throws Refused with all problems at once, each with its place in the text
 * @example
 * const cluster = loadInventory(readFileSync('inventory.yaml', 'utf8'), { leaders: 3 })
 */
export function loadInventory(text: string, options: LoadOptions = {}): Cluster {
  const { cluster, problems } = examined(text, options)
  if (cluster === undefined) throw new Refused(problems)
  for (const problem of problems) options.warn?.(problem)
  return cluster
}

/**
 * Checks an inventory with every rule of `check`: of the inventory, of your own cloud-config in it, and of the size of the
 * rendered user data.
 *
 * @returns all errors and warnings, each with its place in the text; the codes of warnings begin with W
 * @example
 * const isValid = checkInventory(text).every(({ code }) => code?.startsWith('W'))
 */
export function checkInventory(text: string, options: LoadOptions = {}): readonly Problem[] {
  try {
    const { cluster, problems, source } = examined(text, options)
    if (cluster === undefined || targets[cluster.target].anySize) return problems
    const userData = new Map(renderUserData(cluster).map(one => [one.name, one]))
    return [...problems, ...locate(unfitting(cluster, userData), source)]
  } catch (error) {
    if (error instanceof Refused) return error.problems
    throw error
  }
}

function examined(text: string, options: LoadOptions) {
  const { file = 'inventory.yaml', vars = {} } = options
  const source = { file, text: text.replace(/^\ufeff/, '') }
  try {
    const overrides = checkOverrides(options, checkVars(vars as Mapping, Path.inInventory('vars')))
    const { cluster, problems } = examine(parseInventory(source.text, file), overrides)
    return { cluster, problems: locate(problems, source), source }
  } catch (error) {
    throw error instanceof Refused ? new Refused(locate(error.problems, source)) : error
  }
}

/**
 * Renders the user data of every node, or of the named node. The same cluster always gives the same bytes.
 *
 * @returns the seats by number, then the pools; each with its text, its size in bytes and its SHA-256
 * @throws Refused if no node has that name, with the most similar name
 * @example
 * const { text, sha256 } = renderUserData(cluster, 'cluster1-leader-1')
 */
export function renderUserData(cluster: Cluster): readonly UserData[]
export function renderUserData(cluster: Cluster, node: string): UserData
export function renderUserData(cluster: Cluster, node?: string): UserData | readonly UserData[] {
  const all = renderedOf(cluster, node === undefined ? undefined : [node]).map(({ userData }) => userData)
  return node === undefined ? all : (all[0] as UserData)
}

/** Options for rendering nodes in a format for other tools. */
export interface RenderOptions {
  /** The names of the nodes. Default: all nodes. */
  readonly nodes?: readonly string[]
  /** Your own parts, for `mime`. */
  readonly parts?: readonly Part[]
  /** The instance ID of a seed, for `nocloud`. */
  readonly instance?: string
  /** Receives each warning about your own parts. Default: warnings are ignored. */
  readonly warn?: (warning: Problem) => void
}

/**
 * Renders nodes in a format of `render --format`. Returns the same files, as bytes.
 *
 * @throws Refused if the format or a node does not exist, or the format cannot represent the bytes
 * @example
 * const [module] = renderAs('terraform', cluster)
 */
export function renderAs(
  format: FormatName,
  cluster: Cluster,
  options: RenderOptions = {},
): readonly OutFile[] {
  const name = formatNamed(format, Path.outside('format'))
  const { nodes: names, parts = [], instance, warn } = options
  if (warn !== undefined) for (const problem of parts.flatMap(partWarnings)) warn(problem)
  const nodes = renderedOf(cluster, names)
  return writeAs(name, { cluster, nodes, named: names !== undefined, parts, instance })
}

/** The formats of `renderAs`. */
export const formatNames = Object.keys(formats) as readonly FormatName[]

/**
 * Plans a launch: the steps from what exists to what the inventory describes, as `launch --dry-run --json` prints them.
 *
 * @param actual what exists; by default, nothing
 * @throws Refused if a launch would break a rule
 * @example
 * const { steps } = plan(cluster)
 */
export function plan(cluster: Cluster, actual: Actual = nothing): Plan<Ec2Step> {
  const userData = new Map(renderUserData(cluster).map(one => [one.name, one]))
  return firstLaunch(cluster, userData, actual)
}
