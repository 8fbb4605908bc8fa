import type { Cluster, Node } from '../cluster/cluster.ts'
import { type Draft, leadersIn, leadersOf } from '../cluster/draft.ts'
import { originOfSetting, type Setting, type Site, sitesOf } from '../cluster/origin.ts'
import { Path } from '../inventory/problem-path.ts'
import type { VariableName } from '../inventory/variables.ts'
import { bare, quote } from './quote.ts'
import { type Programs, templatesOf, type Writers } from './templates.ts'
import { type View, viewOf } from './view.ts'
import { yoursOf } from './yours.ts'

/** A line of user data, and the settings that it was made from. */
export interface TracedLine {
  readonly text: string
  readonly from: readonly Source[]
}

/** A setting, and where it is set. */
export interface Source {
  readonly name: string
  /** In the inventory or on the command line. Undefined for a default. */
  readonly path: Path | undefined
}

/** A setting that templates read: a variable, a part of one, or a key of the inventory. */
type Read = Setting | 'cluster' | 'region' | 'secrets' | 'group' | 'count'

/** What the variables of templates are made from that are not variables of the inventory. */
const madeFrom: {
  readonly cluster: Readonly<Record<keyof View['cluster'], readonly Read[]>>
  readonly node: Readonly<Record<keyof View['node'], readonly Read[]>>
} = {
  cluster: {
    name: ['cluster'],
    leaders: ['count'],
    zkAddresses: ['count'],
    quorum: ['count'],
    ensemble: ['count'],
    dnsAnswers: ['count'],
    join: ['region', 'cluster'],
    zkService: [{ variable: 'mesos_zk_dns' }],
    masterZk: zkParts('mesos_zk_chroot'),
    agentZk: zkParts('mesos_zk_chroot'),
    mesosZk: zkParts('mesos_zk_chroot'),
    marathonZk: zkParts('marathon_zk_chroot'),
    secrets: ['secrets'],
    secured: ['secrets'],
  },
  node: {
    name: ['cluster', 'group'],
    mode: [{ variable: 'mesos_mode' }],
    seat: ['count'],
    masterFlags: [],
    agentFlags: [],
    marathonFlags: [],
  },
}

function zkParts(chroot: VariableName): readonly Read[] {
  return [{ variable: 'mesos_zk_dns' }, { variable: 'mesos_zk_port' }, { variable: chroot }]
}

/**
 * Renders the user data of a node, and records which settings the templates read for each line.
 *
 * @returns the lines that renderNode returns as text
 */
export function traceNode(
  programs: Programs,
  draft: Draft,
  cluster: Cluster,
  node: Node,
): readonly TracedLine[] {
  const reads: (readonly Read[])[] = []
  let pending: readonly Read[] = []
  const note = (...read: readonly Read[]) => {
    pending = [...pending, ...read]
  }
  // Values contain no control characters, so a mark is never a part of one.
  const marked = (text: string) => {
    const mark = `\0${reads.push(pending) - 1}\0`
    pending = []
    return `${text}${mark}`
  }
  const writers: Writers = {
    quote: value => marked(quote(value)),
    bare: value => marked(bare(value)),
    yours: extra => place => {
      const text = yoursOf(extra)(place)
      if (text === '') return text
      note({ variable: 'user_data_extra', ...(place !== 'others' && { part: place }) })
      const mark = marked('')
      return text.replaceAll('\n', `${mark}\n`)
    },
  }
  const text = templatesOf(programs, writers)(node.mode, watched(viewOf(cluster, node), note))
  const sourceOf = sourcesIn(draft, siteOf(draft, node))
  return text.split('\n').map(line => {
    const found = [...line.matchAll(/\0(\d+)\0/g)].flatMap(([, index]) => reads[Number(index)] ?? [])
    const sources = found.map(sourceOf).map(source => [`${source.name} ${source.path}`, source] as const)
    return { text: line.replace(/\0\d+\0/g, ''), from: [...new Map(sources).values()] }
  })
}

type Note = (...read: readonly Read[]) => void

/** The variables of templates, which report what is read of them. */
function watched({ cluster, node, vars }: View, note: Note): View {
  const ensemble = cluster.ensemble.map(server => watch(server, () => note('count')))
  const flags = (pairs: readonly FlagPair[], variable: FlagVariable) =>
    pairs.map(pair => watch(pair, () => note(settingOf(vars, variable, pair[0]))))
  const flagged = {
    ...node,
    masterFlags: flags(node.masterFlags, 'mesos_leader_options'),
    agentFlags: flags(node.agentFlags, 'mesos_follower_options'),
    marathonFlags: flags(node.marathonFlags, 'marathon_options'),
  }
  return {
    vars: watch(vars, variable => note({ variable })),
    cluster: watch({ ...cluster, ensemble }, key => note(...madeFrom.cluster[key])),
    node: watch(flagged, key => note(...madeFrom.node[key])),
  }
}

type FlagPair = View['node']['masterFlags'][number]
type FlagVariable = 'mesos_leader_options' | 'mesos_follower_options' | 'marathon_options'

/** Reports the properties that are read. Those that only decide whether there is a line are not reported. */
function watch<T extends object>(object: T, report: (key: keyof T) => void): T {
  return new Proxy(object, {
    get: (target, key, receiver) => {
      const value: unknown = Reflect.get(target, key, receiver)
      if (typeof value === 'string' || typeof value === 'number' || Array.isArray(value)) {
        if (Object.hasOwn(target, key)) report(key as keyof T)
      }
      return value
    },
  })
}

/** The option that an environment variable of a daemon is made from. */
function settingOf(values: View['vars'], variable: FlagVariable, name: string): Read {
  const part = name.replace(/^(MESOS|MARATHON)_/, '').toLowerCase()
  const own = [part, part.replace(/^disable_/, '')].find(one => Object.hasOwn(values[variable], one))
  if (own !== undefined) return { variable, part: own }
  if (part === 'attributes') return { variable: 'mesos_attributes' }
  return part === 'resources' ? { variable: 'mesos_resources' } : { variable, part }
}

/** The settings of a seat, if it has its own, or of its group. */
function siteOf(draft: Draft, node: Node): Site | undefined {
  const sites = sitesOf(draft).filter(({ group }) => group.group.name === node.group)
  const seat = node.kind === 'seat' ? node.seat : undefined
  return sites.find(site => site.seat === seat) ?? sites[0]
}

/** Variables whose default is the name of the cluster. */
const namedAfterCluster: ReadonlySet<VariableName> = new Set(['mesos_cluster', 'consul_datacenter'])

function sourcesIn(draft: Draft, site: Site | undefined): (read: Read) => Source {
  const sourceOf = (read: Read): Source => {
    if (read === 'cluster' || read === 'region' || read === 'secrets')
      return { name: read, path: Path.inInventory(read) }
    if (site === undefined) throw new Error('a node belongs to a group of the inventory')
    if (read === 'group') return { name: read, path: Path.inInventory('groups', site.group.group.name) }
    if (read === 'count') {
      const [leading = site.group] = leadersIn(draft)
      return { name: read, path: leadersOf(leading, draft.overrides).path }
    }
    const { rank, path } = originOfSetting(draft, site, read)
    const name = read.part === undefined ? read.variable : `${read.variable}.${read.part}`
    if (rank === 0 && namedAfterCluster.has(read.variable)) return sourceOf('cluster')
    return { name, path: rank === 0 ? undefined : path }
  }
  return sourceOf
}
