import { type Problem, show } from '../inventory/problems.ts'
import { type VariableName, variableNames, variables } from '../inventory/variables.ts'
import { type Draft, leadersIn } from './draft.ts'
import { clash, originOf, type Site, sitesOf } from './origin.ts'
import { portsOn } from './ports.ts'

// Rules about the variables that end up on a node.

export function portsDiffer(draft: Draft): readonly Problem[] {
  return sitesOf(draft).flatMap(site => {
    const names = portsOn(site.values)
    return [...names.flatMap(name => fixedPort(draft, site, name)), ...twinPorts(draft, site, names)]
  })
}

// Ports of the image that no variable moves.
const fixedPorts: ReadonlyMap<number, string> = new Map([
  [22, "sshd's"],
  [53, "the resolver's"],
])

function fixedPort(draft: Draft, site: Site, name: VariableName): readonly Problem[] {
  const owner = fixedPorts.get(site.values[name] as number)
  if (owner === undefined) return []
  const { path, on } = clash(draft, site, [name])
  return [{ code: 'E022', path, on, message: `${site.values[name]} is ${owner}`, help: 'choose another' }]
}

function twinPorts(draft: Draft, site: Site, names: readonly VariableName[]): readonly Problem[] {
  const first = new Map<unknown, VariableName>()
  return names.flatMap((name): readonly Problem[] => {
    const port = site.values[name]
    const twin = first.get(port)
    if (twin === undefined) {
      first.set(port, name)
      return []
    }
    const { name: wrong, ...place } = clash(draft, site, [twin, name])
    const message = `is ${port}, and so is ${wrong === twin ? name : twin}`
    return [{ code: 'E022', ...place, message, help: 'the ports of one node must differ' }]
  })
}

export function nodesAgree(draft: Draft): readonly Problem[] {
  const [first, ...others] = sitesOf(draft)
  if (first === undefined) return []
  const found = others.flatMap(site =>
    clusterWide
      .filter(name => site.values[name] !== first.values[name])
      .map(name => disagreement(draft, name, [site, first])),
  )
  // A group that disagrees with all the others is told so once.
  return [...new Map(found.map(problem => [problem.path, problem])).values()]
}

/** Shown where the one site sets its own value, or else the other. */
function disagreement(draft: Draft, name: VariableName, [one, other]: readonly [Site, Site]): Problem {
  const origin = originOf(draft, one, name)
  if (origin.rank <= 1) return disagreement(draft, name, [other, one])
  const values = `${show(one.values[name])} here and ${show(other.values[name])} in ${other.path}`
  return {
    code: 'E023',
    path: origin.path,
    message: `is ${values}`,
    help: 'all nodes must agree on it, so set it under vars',
  }
}

const clusterWide: readonly VariableName[] = variableNames.filter(name => 'clusterWide' in variables[name])

export function zookeeperIsServed(draft: Draft): readonly Problem[] {
  const leading = new Set(leadersIn(draft))
  return sitesOf(draft).flatMap((site): readonly Problem[] => {
    const { mesos_zk_dns, consul_domain, consul_datacenter, zookeeper_enabled } = site.values
    if (!zookeeper_enabled || !leading.has(site.group) || site.seat !== undefined) return []
    const [service = '', kind, ...rest] = mesos_zk_dns.split('.')
    const places = [consul_domain, `${consul_datacenter}.${consul_domain}`]
    const served = kind === 'service' && places.includes(rest.join('.'))
    const taken = /^(mesos|marathon|consul)$|-health$/.test(service)
    if (served && !taken) return []
    const why = served
      ? 'is the name of another service'
      : 'is no service of this Consul, and the leaders run ZooKeeper'
    const { name: _, ...place } = clash(draft, site, ['mesos_zk_dns', 'consul_domain'])
    return [
      {
        code: 'E024',
        ...place,
        message: `mesos_zk_dns ${mesos_zk_dns} ${why}`,
        help: `set mesos_zk_dns: zookeeper.service.${consul_domain}, or zookeeper_enabled: false`,
      },
    ]
  })
}

const directories = ['mesos_work_dir', 'mesos_runtime_dir', 'mesos_log_dir'] as const

export function directoriesDiffer(draft: Draft): readonly Problem[] {
  return sitesOf(draft).flatMap((site): readonly Problem[] => {
    const paths = directories.map(name => realPath(site.values[name]))
    const alike = directories.filter(
      (_, index) => paths.indexOf(paths[index] ?? '') !== paths.lastIndexOf(paths[index] ?? ''),
    )
    const [one, ...others] = alike
    if (one === undefined) return []
    const { name, ...place } = clash(draft, site, [one, ...others])
    const message = `is the same directory as ${alike.filter(other => other !== name).join(' and ')}`
    return [{ code: 'E025', ...place, message, help: 'each needs its own' }]
  })
}

// On Debian /var/run is a link to /run.
function realPath(path: string): string {
  return path.replace(/^\/var\/run(?=\/|$)/, '/run').replace(/\/+$/, '')
}
