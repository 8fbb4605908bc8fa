import { givenFlags, type Options } from '../../inventory/flag-tables.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import { itemsOf } from '../../inventory/text-forms.ts'
import { type Draft, leadersOf, leadersOnly } from '../draft.ts'
import { type Site, sitesOf } from '../origin.ts'
import { agentsIn, partOf } from './agents.ts'
import type { Rule } from './cluster-rule.ts'

const pool = 'groups: { leaders: { vars: { mesos_mode: leader } }, web: { min: 1 } }'

export const daemonsAccept: Rule = {
  code: 'E096',
  sentence: 'Masters must be able to accept the agents and Marathon.',
  why: 'The daemons start, but the master refuses those that do not authenticate, that have no fault domain or one that it cannot compare, or whose role it does not know. The cluster then runs no tasks.',
  example: `vars: { mesos_leader_options: { authenticate_agents: true, credentials: /etc/mesos/credentials } }\n${pool}`,
  check: draft => {
    const leaders = sitesOf(draft).filter(site => site.group.leads)
    const agents = agentsIn(draft)
    return [
      ...refusals.flatMap(refusal => refused(draft, refusal, leaders, agents)),
      ...leaders
        .filter(({ values }) => values.marathon_enabled)
        .flatMap(leader => betweenMasterAndMarathon(draft, leader)),
      ...regionsDiffer(draft, leaders),
    ]
  },
}

const masterFlag = (site: Site, flag: string) =>
  givenFlags('master', site.values.mesos_leader_options).get(flag)

/** The place of a flag of the master, by the name that it was given by. */
const atMaster = (draft: Draft, site: Site, flag: string) =>
  partOf(draft, site, 'mesos_leader_options', masterFlag(site, flag)?.as ?? flag)

const toMaster = 'set credentials in mesos_leader_options'

/** Whether a master refuses everyone who authenticates (cram_md5/authenticator.cpp). An authenticator may be a module. */
function lacksCredentials(leader: Site): boolean {
  const authenticator = masterFlag(leader, 'authenticators')?.value ?? 'crammd5'
  return authenticator === 'crammd5' && masterFlag(leader, 'credentials') === undefined
}

/** Why a master refuses an agent: something of each, and which of the two is told. */
interface Refusal {
  readonly master: (site: Site) => boolean
  readonly agent: (options: Options) => boolean
  readonly told: 'master' | 'agent'
  readonly flag: string
  readonly message: string
  readonly help: string
}

const isTrue = (flag: string) => (site: Site) => masterFlag(site, flag)?.value === true
const has = (flag: string) => (options: Options) => options[flag] !== undefined
const lacks = (flag: string) => (options: Options) => options[flag] === undefined

// Master::authenticate, Master::registerSlave; Slave::_authenticate.
const refusals: readonly Refusal[] = [
  {
    master: isTrue('authenticate_agents'),
    agent: lacks('credential'),
    told: 'master',
    flag: 'authenticate_agents',
    message: 'the agents have no credential, and could not register',
    help: 'set credential in mesos_follower_options',
  },
  {
    master: lacksCredentials,
    agent: has('credential'),
    told: 'agent',
    flag: 'credential',
    message: 'the master has no credentials, and would refuse agents that authenticate',
    help: toMaster,
  },
  {
    master: site => masterFlag(site, 'domain') === undefined,
    agent: has('domain'),
    told: 'agent',
    flag: 'domain',
    message: 'the master has no domain, and would ignore agents with one',
    help: 'set domain in mesos_leader_options too',
  },
  {
    master: isTrue('require_agent_domain'),
    agent: lacks('domain'),
    told: 'master',
    flag: 'require_agent_domain',
    message: 'the agents have no domain, and could not register',
    help: 'set domain in mesos_follower_options',
  },
]

function refused(
  draft: Draft,
  { master, agent, told, flag, message, help }: Refusal,
  leaders: readonly Site[],
  agents: readonly Site[],
): readonly Finding[] {
  const strict = leaders.filter(master)
  const strangers =
    strict.length === 0 ? [] : agents.filter(site => agent(site.values.mesos_follower_options))
  return strict.flatMap(leader =>
    strangers.map(site => ({
      path:
        told === 'master'
          ? atMaster(draft, leader, flag)
          : partOf(draft, site, 'mesos_follower_options', flag),
      at: 'key',
      on: [told === 'master' ? site.path : leader.path],
      message,
      help,
    })),
  )
}

// Master::subscribe, src/master/validation.cpp; MarathonSchedulerDriver.scala.
function betweenMasterAndMarathon(draft: Draft, leader: Site): readonly Finding[] {
  const { marathon_options: options } = leader.values
  const found: Finding[] = []
  if (
    masterFlag(leader, 'authenticate_frameworks')?.value === true &&
    options.mesos_authentication !== true
  ) {
    const path = atMaster(draft, leader, 'authenticate_frameworks')
    const help = 'set mesos_authentication in marathon_options'
    found.push({
      path,
      on: [leader.path],
      message: 'Marathon does not authenticate, and could not register',
      help,
    })
  }
  if (options.mesos_authentication === true && lacksCredentials(leader)) {
    const path = partOf(draft, leader, 'marathon_options', 'mesos_authentication')
    const message = 'the master has no credentials, and would refuse Marathon'
    found.push({ path, on: [leader.path], message, help: toMaster })
  }
  const { mesos_role: role = '*' } = options
  const roles = masterFlag(leader, 'roles')?.value
  const known = ['*', ...(itemsOf(roles) ?? [])]
  if (roles !== undefined && !String(roles).startsWith('file:') && !known.includes(String(role))) {
    const path = partOf(draft, leader, 'marathon_options', 'mesos_role')
    const message = 'is not among the roles of the master'
    found.push({ path, on: [leader.path], message, help: 'add it to roles in mesos_leader_options' })
  }
  return [...found, ...manyWithoutElection(draft, leader)]
}

// ElectionModule.scala: without high availability every Marathon believes that it leads.
function manyWithoutElection(draft: Draft, leader: Site): readonly Finding[] {
  const [group] = leadersOnly(draft)
  const { leaders } = group === undefined ? { leaders: 0 } : leadersOf(group, draft.overrides)
  if (leader.values.marathon_options.ha !== false || leaders < 2) return []
  const path = partOf(draft, leader, 'marathon_options', 'ha')
  const message = `must be true with ${leaders} leaders: each Marathon would act as the only one`
  return [{ path, on: [leader.path], message }]
}

/** The region of a master, if its domain stands in the inventory. */
function regionOf(site: Site): unknown {
  const domain = masterFlag(site, 'domain')?.value as
    | { fault_domain?: { region?: { name?: unknown } } }
    | undefined
  return domain?.fault_domain?.region?.name
}

// Master::detected ends a master whose region isn't that of the leading one.
function regionsDiffer(draft: Draft, leaders: readonly Site[]): readonly Finding[] {
  const [first, ...others] = leaders.filter(site => regionOf(site) !== undefined)
  return others
    .filter(site => regionOf(site) !== regionOf(first as Site))
    .map(site => ({
      path: atMaster(draft, site, 'domain'),
      on: [site.path],
      message: `has the region ${regionOf(site)}, and ${first?.path} has ${regionOf(first as Site)}`,
      help: 'use one region for all masters',
    }))
}

export const stateIsStored: Rule = {
  code: 'W023',
  sentence: 'The registry of Mesos, and the apps and tasks of Marathon, should survive a failover.',
  why: 'In memory, the list of agents, quotas and weights, or all apps, last as long as the process. With `failover_timeout: 0`, Mesos kills all tasks of Marathon when its leader restarts.',
  example: `vars: { mesos_leader_options: { registry: in_memory } }\n${pool}`,
  check: draft =>
    sitesOf(draft)
      .filter(site => site.group.leads)
      .flatMap(site => {
        const { mesos_leader_options, marathon_options, marathon_enabled } = site.values
        const place = (name: 'mesos_leader_options' | 'marathon_options', flag: string) => ({
          path: partOf(draft, site, name, flag),
          on: [site.path],
        })
        return [
          ...(mesos_leader_options.registry === 'in_memory'
            ? [{ ...place('mesos_leader_options', 'registry'), message: 'is lost at every failover' }]
            : []),
          ...(marathon_enabled && marathon_options.internal_store_backend === 'mem'
            ? [
                {
                  ...place('marathon_options', 'internal_store_backend'),
                  message: 'loses all apps at a restart',
                },
              ]
            : []),
          ...(marathon_enabled && marathon_options.failover_timeout === 0
            ? [{ ...place('marathon_options', 'failover_timeout'), message: 'ends all tasks at a failover' }]
            : []),
        ]
      }),
}

export const registriesFormThemselves: Rule = {
  code: 'W029',
  sentence: 'Masters should initialize their replicated log by themselves.',
  why: 'With `log_auto_initialize: false`, masters with empty disks wait until a person runs `mesos-log initialize` on each of them, and exit after `registry_fetch_timeout` (Mesos 1.11, src/log/recover.cpp). A launch does not become healthy.',
  example: `vars: { mesos_leader_options: { log_auto_initialize: false } }\n${pool}`,
  check: draft =>
    sitesOf(draft)
      .filter(site => site.group.leads && masterFlag(site, 'log_auto_initialize')?.value === false)
      .map(site => ({
        path: atMaster(draft, site, 'log_auto_initialize'),
        on: [site.path],
        message: 'masters with empty disks do not start by themselves',
        help: 'remove it, or run mesos-log initialize on every leader',
      })),
}
