import type { Finding } from '../../inventory/rules/rule.ts'
import type { VariableName } from '../../inventory/variables.ts'
import type { Draft } from '../draft.ts'
import { clash, type Site, sitesOf } from '../origin.ts'
import { portsOn } from '../ports.ts'
import type { Rule } from './cluster-rule.ts'

export const portsDiffer: Rule = {
  code: 'E022',
  sentence: 'All services on a machine must use different ports.',
  why: 'The service that starts second fails, and keeps failing. A common case is Marathon and ZooKeeper’s AdminServer: both use 8080 by default.',
  example: 'vars: { zookeeper_admin_port: 8080 }\ngroups: { leaders: { vars: { mesos_mode: leader } } }',
  check: draft =>
    sitesOf(draft).flatMap(site => {
      const names = portsOn(site.values)
      return [...names.flatMap(name => fixedPort(draft, site, name)), ...twinPorts(draft, site, names)]
    }),
}

// Ports of the image that no variable moves.
const fixedPorts: ReadonlyMap<number, string> = new Map([
  [22, "sshd's"],
  [53, "the resolver's"],
])

function fixedPort(draft: Draft, site: Site, name: VariableName): readonly Finding[] {
  const owner = fixedPorts.get(site.values[name] as number)
  if (owner === undefined) return []
  const { path, on } = clash(draft, site, [name])
  return [{ path, on, message: `${site.values[name]} is ${owner}`, help: 'choose another port' }]
}

function twinPorts(draft: Draft, site: Site, names: readonly VariableName[]): readonly Finding[] {
  const first = new Map<unknown, VariableName>()
  return names.flatMap((name): readonly Finding[] => {
    const port = site.values[name]
    const twin = first.get(port)
    if (twin === undefined) {
      first.set(port, name)
      return []
    }
    const { name: wrong, ...place } = clash(draft, site, [twin, name])
    const message = `is ${port}, and so is ${wrong === twin ? name : twin}`
    return [{ ...place, message, help: 'all ports of a node must be different' }]
  })
}
