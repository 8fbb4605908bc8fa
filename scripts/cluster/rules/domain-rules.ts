import type { Finding } from '../../inventory/rules/rule.ts'
import { clash, type Site, sitesOf } from '../origin.ts'
import type { Rule } from './cluster-rule.ts'
import { topLevelDomains } from './top-level-domains.ts'

const leaders = 'groups: { leaders: { vars: { mesos_mode: leader } } }'

export const domainIsFree: Rule = {
  code: 'E107',
  sentence: 'The domain of Consul must not contain names that Consul does not serve.',
  why: 'On every node, all names in `consul_domain` are looked up in Consul only. With `com` or `amazonaws.com`, the nodes could not find the EC2 API, by which they find each other.',
  example: `vars: { consul_domain: com, mesos_zk_dns: zookeeper.service.com }\n${leaders}`,
  check: draft =>
    sitesOf(draft).flatMap((site): readonly Finding[] => {
      const { consul_domain } = site.values
      const lost = lostName(site)
      if (lost === undefined && !isShared(consul_domain)) return []
      const isZooKeeper = lost === site.values.mesos_zk_dns
      const { name: _, ...place } = clash(
        draft,
        site,
        isZooKeeper ? ['consul_domain', 'mesos_zk_dns'] : ['consul_domain'],
      )
      const message =
        lost === undefined
          ? `${consul_domain} is a domain of the Internet in which others have names`
          : `nodes could not look up ${lost}, because they look up ${consul_domain} in Consul only`
      return [{ ...place, message, help: 'choose a domain of your own, such as consul' }]
    }),
}

const isWithin = (name: string, domain: string) => name === domain || name.endsWith(`.${domain}`)

// `co.uk`, `com.au`: most countries have domains of a second level for everyone.
const ofCountries = /^(ac|co|com|edu|gob|gouv|gov|gv|mil|ne|net|nom|or|org)\.[a-z]{2}$/

/** Whether a domain is one below which others have their names. */
function isShared(domain: string): boolean {
  return topLevelDomains.has(domain) || ofCountries.test(domain)
}

// Of AWS, of the default registry of images, of the packages of Debian, and of DNS itself.
const foreign = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'api.aws',
  'compute.internal',
  'ec2.internal',
  'debian.org',
  'docker.io',
  'docker.com',
  'in-addr.arpa',
  'localhost',
]

/** A name in the domain that Consul doesn't know. */
function lostName({ values }: Site): string | undefined {
  const { mesos_zk_dns, consul_domain, zookeeper_enabled } = values
  const ofConsul = new RegExp(
    String.raw`\.(service|node|query|connect|virtual|addr)(\.[^.]+)?\.${consul_domain.replaceAll('.', '\\.')}$`,
  )
  if (!zookeeper_enabled && isWithin(mesos_zk_dns, consul_domain) && !ofConsul.test(mesos_zk_dns))
    return mesos_zk_dns
  return foreign.find(name => isWithin(name, consul_domain) || isWithin(consul_domain, name))
}

export const domainIsNotMulticast: Rule = {
  code: 'W028',
  sentence: 'The domain of Consul should not be part of `.local`.',
  why: 'The domain is reserved for multicast DNS (RFC 6762). Some programs never ask a DNS server for such names.',
  example: `vars: { consul_domain: local, mesos_zk_dns: zookeeper.service.local }\n${leaders}`,
  check: draft =>
    sitesOf(draft).flatMap((site): readonly Finding[] => {
      if (!/(^|\.)local$/.test(site.values.consul_domain)) return []
      const { path, on } = clash(draft, site, ['consul_domain'])
      return [{ path, on, message: 'is in the domain of multicast DNS', help: 'choose another domain' }]
    }),
}
