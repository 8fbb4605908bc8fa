import type { Finding } from '../../inventory/rules/rule.ts'
import type { Draft } from '../draft.ts'
import { clash, type Site, sitesOf } from '../origin.ts'
import type { Rule } from './cluster-rule.ts'

export const zookeeperIsServed: Rule = {
  code: 'E024',
  sentence: 'If the leaders run ZooKeeper, its name must be a Consul service of this cluster.',
  why: 'Leaders register ZooKeeper in Consul under this name. A name outside Consul leads to another ensemble or to none, while the leaders’ own ensemble stays unused.',
  example: 'vars: { mesos_zk_dns: zk.example.com }\ngroups: { leaders: { vars: { mesos_mode: leader } } }',
  check: draft =>
    sitesOf(draft).flatMap((site): readonly Finding[] => {
      const { mesos_zk_dns, consul_domain, consul_datacenter, zookeeper_enabled } = site.values
      if (!zookeeper_enabled && isOwnMachine(mesos_zk_dns)) return [nobodyThere(draft, site)]
      if (!zookeeper_enabled || !site.group.leads || site.seat !== undefined) return []
      const [service = '', kind, ...rest] = mesos_zk_dns.split('.')
      const places = [consul_domain, `${consul_datacenter}.${consul_domain}`]
      const served = kind === 'service' && places.includes(rest.join('.'))
      const taken = /^(mesos-leader|mesos-follower|marathon|consul)$|-health$/.test(service)
      if (served && !taken) return []
      const why = served
        ? 'is used by another service'
        : 'is not a service of this Consul, but the leaders run ZooKeeper'
      const { name: _, ...place } = clash(draft, site, ['mesos_zk_dns', 'consul_domain'])
      const help = `set mesos_zk_dns: zookeeper.service.${consul_domain}, or zookeeper_enabled: false`
      return [{ ...place, message: `${mesos_zk_dns} ${why}`, help }]
    }),
}

const isOwnMachine = (name: string) => /^((.+\.)?localhost|127(\.\d+){3})$/.test(name)

function nobodyThere(draft: Draft, site: Site): Finding {
  const { name: _, ...place } = clash(draft, site, ['mesos_zk_dns', 'zookeeper_enabled'])
  const message = `${site.values.mesos_zk_dns} is the node itself, which runs no ZooKeeper`
  return { ...place, message, help: 'set mesos_zk_dns to the name of your ensemble' }
}
