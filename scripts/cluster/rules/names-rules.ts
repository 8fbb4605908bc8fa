import { Path } from '../../inventory/problem-path.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import { leadersOf, leadersOnly } from '../draft.ts'
import { groupName, seatName } from '../names.ts'
import { clash, sitesOf } from '../origin.ts'
import type { Rule } from './cluster-rule.ts'

export const namesDiffer: Rule = {
  code: 'E021',
  sentence: 'A group must not have the name of a seat.',
  why: 'Machines, files and tags are identified by these names.',
  example: 'cluster: c\ngroups:\n  boss: { vars: { mesos_mode: leader } }\n  leader-2: { min: 1 }',
  check: draft => {
    const { cluster } = draft.inventory
    const seats = new Set(
      leadersOnly(draft).flatMap(group =>
        Array.from({ length: leadersOf(group, draft.overrides).leaders }, (_, i) => seatName(cluster, i + 1)),
      ),
    )
    return draft.groups
      .filter(({ group }) => seats.has(groupName(cluster, group.name)))
      .map(({ group }): Finding => {
        const path = Path.inInventory('groups', group.name)
        return { path, at: 'key', message: 'is the name of a seat', help: 'choose another name' }
      })
  },
}

/** What Consul adds to its domain for the longest name that is asked for. */
const longest = { name: 253, service: 63 }

const tooLong = ['a', 'b', 'c', 'd'].map(letter => letter.repeat(60)).join('.')

export const namesFitDns: Rule = {
  code: 'E040',
  sentence: 'Names that are looked up must not be too long for DNS.',
  why: 'A DNS name has at most 253 characters. Consul does not answer for longer names and reports no error, and ZooKeeper’s servers find each other by such names.',
  example: `vars: { consul_domain: ${tooLong}, zookeeper_enabled: false }
groups: { leaders: { vars: { mesos_mode: leader } } }`,
  check: draft =>
    sitesOf(draft).flatMap((site): readonly Finding[] => {
      const { consul_domain, consul_datacenter, mesos_zk_dns } = site.values
      const machine = `${seatName(draft.inventory.cluster, 255)}.node.${consul_datacenter}.${consul_domain}`
      if (machine.length > longest.name) {
        const { name: _, ...place } = clash(draft, site, ['consul_domain', 'consul_datacenter'])
        const message = `results in names that are too long for DNS (${machine.length} characters, limit ${longest.name})`
        return [{ ...place, message, help: 'choose a shorter name' }]
      }
      // Consul registers the health of the service under a longer name.
      const label = `${mesos_zk_dns.split('.')[0]}-health`
      if (!site.values.zookeeper_enabled || label.length <= longest.service) return []
      const { path, on } = clash(draft, site, ['mesos_zk_dns'])
      const message = `its first label, with -health appended, is too long for DNS (${label.length} characters, limit ${longest.service})`
      return [{ path, on, message, help: 'choose a shorter name' }]
    }),
}
