import type { Finding } from '../../inventory/rules/rule.ts'
import { type Draft, leadersOf, sizeOf } from '../draft.ts'
import { type Site, sitesOf } from '../origin.ts'
import { partOf } from './agents.ts'
import type { Rule } from './cluster-rule.ts'

const leaders = 'groups: { leaders: { vars: { mesos_mode: leader }, count: 3 } }'

/** Options that hold the address of one machine, by the variable that they are set in. */
const addressFlags = {
  mesos_leader_options: ['advertise_ip'],
  mesos_follower_options: ['advertise_ip', 'ip6'],
  marathon_options: ['http_address', 'https_address'],
} as const

type OptionVariable = keyof typeof addressFlags

export const addressesDiffer: Rule = {
  code: 'E108',
  sentence: 'An option that holds the address of a machine must be set for one machine only.',
  why: 'The other machines cannot listen on the address, or are sought at it in vain. A seat can have an address of its own; the machines of a pool share all settings.',
  example: `vars: { mesos_leader_options: { advertise_ip: 10.0.0.1 } }\n${leaders}`,
  check: draft =>
    (Object.keys(addressFlags) as OptionVariable[]).flatMap(variable =>
      addressFlags[variable].flatMap(flag => sharedAddresses(draft, variable, flag)),
    ),
}

/** All addresses of a machine, on each machine. */
const isWildcard = (address: unknown) => address === '0.0.0.0' || address === '::'

function sharedAddresses(draft: Draft, variable: OptionVariable, flag: string): readonly Finding[] {
  const holders = sitesOf(draft).flatMap(site => {
    const address = runsOn(site, variable) ? site.values[variable][flag] : undefined
    return address === undefined || isWildcard(address) ? [] : [{ site, address }]
  })
  return holders.flatMap(({ site, address }): readonly Finding[] => {
    const same = holders.filter(other => other.address === address)
    const machines = same.reduce((sum, other) => sum + machinesOf(draft, other.site), 0)
    if (machines < 2) return []
    const path = partOf(draft, site, variable, flag)
    const message = `${machines} machines would have the address ${address}`
    return [{ path, on: [site.path], message, help: 'remove it, or set it in the vars of one seat' }]
  })
}

function runsOn({ values }: Site, variable: OptionVariable): boolean {
  if (variable === 'mesos_follower_options') return values.mesos_mode !== 'leader'
  return values.mesos_mode !== 'follower' && (variable !== 'marathon_options' || values.marathon_enabled)
}

/** How many machines have the settings of a site: those of a pool, or the seats without settings of their own. */
function machinesOf(draft: Draft, { group, seat }: Site): number {
  if (seat !== undefined) return 1
  if (!group.leads) return sizeOf(group, draft.overrides).max
  return leadersOf(group, draft.overrides).leaders - group.group.seats.size
}
