import { settingsNamedIn } from '../cluster/causes.ts'
import { nodesOf } from '../cluster/cluster.ts'
import { Path } from '../inventory/problem-path.ts'
import type { CauseCode } from './every-cause.ts'
import { countPath, type Difference, type Examined, linesOf, type Reporting, reporting } from './examined.ts'
import { type Finding, replace } from './finding.ts'

// How what runs differs from the inventory.

const masterFile = '/etc/mesos-bakery/mesos-master.env'

/** Files that were edited on a node, except for a quorum that the master runs with, which is a cause of its own. */
export function editedFiles(examined: Examined): readonly Finding[] {
  const { cluster, draft } = examined
  // cloud-init writes the files while it runs.
  const booted = reporting(examined).filter(({ report }) => report.cloud_init.status === 'done')
  return booted.flatMap(node =>
    (node.evidence.edited ?? []).flatMap(({ file, lines }): readonly Finding[] => {
      const quorum = node.report.master?.quorum ?? cluster.quorum
      if (file === masterFile && quorum !== cluster.quorum && !examined.changing) return []
      const setting = lines.map(line => line.replace(/=.*/, '').replace(/^without |^(MESOS|MARATHON)_/g, ''))
      const [named] = settingsNamedIn(draft, unitOfFile(file), setting.join(' ').toLowerCase())
      const path = setting.includes('QUORUM') ? countPath(examined) : named
      const { name } = node
      return [
        { code: 'D060', node: name, evidence: `${file}: ${lines.join(', ')}`, path, fix: replace(name) },
      ]
    }),
  )
}

function unitOfFile(file: string): string {
  const [, name = ''] = /([\w-]+)\.(?:env|cfg|json|conf)$/.exec(file) ?? []
  return `${name === 'zoo' ? 'zookeeper' : name}.service`
}

export function outdatedNodes({ cluster, outOfDate, changing }: Examined): readonly Finding[] {
  if (changing) return []
  const names = [...new Set(outOfDate.map(({ name }) => name))]
  return names.map(name => {
    const own = outOfDate.filter(one => one.name === name)
    const reasons = [...new Set(own.flatMap(one => one.reasons))]
    const isSettings = reasons.every(reason => /user data|launch template/.test(reason))
    const group = nodesOf(cluster).find(node => node.name === name)?.group
    const machines = own.length > 1 ? ` (${own.length} machines)` : ''
    return {
      code: isSettings ? 'D061' : 'D062',
      node: name,
      evidence: `${reasons.join(', ')}${machines}`,
      path: group === undefined ? undefined : Path.inInventory('groups', group),
      fix: ['roll'],
    }
  })
}

/** What a launch would change, except for machines, which have findings of their own. */
export function differences(examined: Examined): readonly Finding[] {
  const steps = examined.differences.filter(({ kind }) => !/^(seat|follower|machine|restart)$/.test(kind))
  if (examined.changing || examined.nodes.every(({ state }) => state === 'missing')) return []
  return steps.map(step => ({
    code: codeOf(step),
    node: '',
    evidence: [step.title, step.name, step.detail].filter(part => part !== '').join(' '),
    fix: ['launch'],
  }))
}

function codeOf({ kind, title, detail }: Difference): CauseCode {
  if (title === 'rules' && detail.startsWith('open')) return 'D063'
  return kind === 'instance profile' ? 'D064' : 'D065'
}

/** Calls of Consul that EC2 refuses. */
export function refusedCalls(examined: Examined): readonly Finding[] {
  const own = examined.cluster.instanceProfile !== undefined
  const refused = /UnauthorizedOperation|AccessDenied|not authorized/i
  return reporting(examined).flatMap((node: Reporting): readonly Finding[] => {
    const line = linesOf(node, 'consul.service')
      .split('\n')
      .findLast(one => refused.test(one))
    if (line === undefined) return []
    const path = own ? Path.inInventory('instance_profile') : undefined
    const also = own ? { also: 'first add the rights in docs/aws.md to the profile' } : {}
    return [{ code: 'D064', node: node.name, evidence: line, path, fix: ['launch'], ...also }]
  })
}

export function refusedLaunch({ refusals, changing, nodes }: Examined): readonly Finding[] {
  if (changing || nodes.every(({ state }) => state === 'missing')) return []
  return refusals.map(message => ({
    code: 'D066',
    node: '',
    evidence: message,
    fix: ['launch', '--dry-run'],
  }))
}
