import { type Problem, show } from '../inventory/problems.ts'
import { type Values, type VariableName, variableNames, variables } from '../inventory/variables.ts'
import { type Draft, leadersIn, problem, seatValues } from './draft.ts'
import { portsOn } from './ports.ts'

// Rules about the variables that end up on a node.

/** Every set of variables that ends up on a node, with the place that set it. */
function* valuesByPlace(draft: Draft): Generator<readonly [string, Values]> {
  for (const group of draft.groups) {
    yield [`groups.${group.group.name}`, group.values]
    for (const seat of group.group.seats.keys()) {
      yield [`groups.${group.group.name}.seats.${seat}`, seatValues(group, seat, draft.overrides)]
    }
  }
}

export function portsDiffer(draft: Draft): readonly Problem[] {
  return [...valuesByPlace(draft)].flatMap(([path, values]) => {
    const names = portsOn(values)
    const fixed = names.flatMap(name => {
      const owner = fixedPorts.get(values[name] as number)
      return owner === undefined
        ? []
        : problem(path, `${name} is ${values[name]}, which is ${owner}; choose another`)
    })
    const twins = names.flatMap((name, index) => {
      const twin = names.slice(0, index).find(other => values[other] === values[name])
      if (twin === undefined) return []
      return problem(path, `${twin} and ${name} are both ${values[name]}; the ports of one node must differ`)
    })
    return [...fixed, ...twins]
  })
}

// Ports of the image that no variable moves.
const fixedPorts: ReadonlyMap<number, string> = new Map([
  [22, "sshd's"],
  [53, "the resolver's"],
])

export function nodesAgree(draft: Draft): readonly Problem[] {
  const [first, ...others] = [...valuesByPlace(draft)]
  if (first === undefined) return []
  const [firstPath, expected] = first
  return others.flatMap(([path, values]) =>
    clusterWide
      .filter(name => values[name] !== expected[name])
      .flatMap(name =>
        problem(
          `${path}.vars.${name}`,
          `is ${show(values[name])} here and ${show(expected[name])} in ${firstPath}; all nodes must agree on it, so set it under vars`,
        ),
      ),
  )
}

const clusterWide: readonly VariableName[] = variableNames.filter(name => 'clusterWide' in variables[name])

export function zookeeperIsServed(draft: Draft): readonly Problem[] {
  return leadersIn(draft).flatMap(({ group, values }) => {
    const { mesos_zk_dns, consul_domain, consul_datacenter, zookeeper_enabled } = values
    if (!zookeeper_enabled) return []
    const [service = '', kind, ...rest] = mesos_zk_dns.split('.')
    const places = [consul_domain, `${consul_datacenter}.${consul_domain}`]
    const served = kind === 'service' && places.includes(rest.join('.'))
    const taken = /^(mesos|marathon|consul)$|-health$/.test(service)
    if (served && !taken) return []
    const why = served
      ? 'is the name of another service'
      : 'is no service of this Consul, and the leaders run ZooKeeper'
    const way = `set mesos_zk_dns: zookeeper.service.${consul_domain}, or zookeeper_enabled: false`
    return problem(`groups.${group.name}`, `mesos_zk_dns ${mesos_zk_dns} ${why}; ${way}`)
  })
}

export function directoriesDiffer(draft: Draft): readonly Problem[] {
  return [...valuesByPlace(draft)].flatMap(([path, { mesos_work_dir, mesos_runtime_dir, mesos_log_dir }]) => {
    const directories = [mesos_work_dir, mesos_runtime_dir, mesos_log_dir].map(realPath)
    const different = new Set(directories).size === 3
    return different
      ? []
      : problem(path, 'mesos_work_dir, mesos_runtime_dir and mesos_log_dir must be three directories')
  })
}

// On Debian /var/run is a link to /run.
function realPath(path: string): string {
  return path.replace(/^\/var\/run(?=\/|$)/, '/run').replace(/\/+$/, '')
}
