import { givenFlags } from '../../inventory/flag-tables.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import type { Draft } from '../draft.ts'
import { type Site, sitesOf } from '../origin.ts'
import { agentsIn, partOf } from './agents.ts'
import type { Rule } from './cluster-rule.ts'

export const healthIsReadable: Rule = {
  code: 'W024',
  sentence: 'Nodes should be able to read the health of their daemons.',
  why: 'Each node reads /health, /flags, /state and /metrics/snapshot of its daemons without a password, over HTTP. If it cannot, `launch` ends with an error although the cluster serves, and `status` shows its daemons as down.',
  example:
    'vars: { mesos_leader_options: { authenticate_http_readonly: true, credentials: /etc/mesos/credentials } }\ngroups: { leaders: { vars: { mesos_mode: leader } } }',
  check: draft => {
    const leaders = sitesOf(draft).filter(site => site.group.leads)
    return [
      ...leaders.flatMap(site => ofMesos(draft, site, 'mesos_leader_options', 'master')),
      ...agentsIn(draft).flatMap(site => ofMesos(draft, site, 'mesos_follower_options', 'agent')),
      ...leaders.flatMap(site => ofMarathon(draft, site)),
    ]
  },
}

const message = 'hides the health of the daemon from launch and status'

function ofMesos(
  draft: Draft,
  site: Site,
  variable: 'mesos_leader_options' | 'mesos_follower_options',
  daemon: 'master' | 'agent',
): readonly Finding[] {
  const options = site.values[variable]
  if (!Object.keys(options).some(name => name in hiding)) return []
  const given = givenFlags(daemon, options)
  const hides = Object.entries(hiding).filter(([flag, hidden]) => hidden(given.get(flag)?.value))
  return hides.map(([flag]) => ({
    path: partOf(draft, site, variable, given.get(flag)?.as ?? flag),
    at: 'key',
    on: [site.path],
    message,
  }))
}

type Map = Readonly<Record<string, unknown>>

const mapIn = (value: unknown): Map => (typeof value === 'object' && value !== null ? (value as Map) : {})

/** Flags that hide health, and with which values. What a file holds isn't known. */
const hiding: Readonly<Record<string, (value: unknown) => boolean>> = {
  authenticate_http_readonly: value => value === true,
  firewall_rules: closesHealth,
  // src/authorizer/local/authorizer.cpp: what no rule names is denied.
  acls: value =>
    mapIn(value).permissive === false && !('view_flags' in mapIn(value) && 'get_endpoints' in mapIn(value)),
}

/** Whether rules of the firewall close a page that the node reads. */
function closesHealth(rules: unknown): boolean {
  const { paths } = mapIn(mapIn(rules).disabled_endpoints)
  const closed = Array.isArray(paths) ? paths : []
  return closed.some(path =>
    /^(\/(master|slave\(1\)))?\/(health|flags|state|redirect)$|^\/metrics\/snapshot$/.test(path),
  )
}

function ofMarathon(draft: Draft, site: Site): readonly Finding[] {
  if (!site.values.marathon_enabled) return []
  const { disable_http, http_address } = site.values.marathon_options
  const flags = [
    ...(disable_http === true ? ['disable_http'] : []),
    ...(/^(127\.|::1$|localhost$)/.test(String(http_address)) ? ['http_address'] : []),
  ]
  return flags.map(flag => ({
    path: partOf(draft, site, 'marathon_options', flag),
    at: 'key',
    on: [site.path],
    message,
  }))
}
