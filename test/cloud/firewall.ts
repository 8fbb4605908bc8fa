import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2'
import type { InstanceFacts } from './instances.ts'

/**
 * The rules of nftables for the network namespace of an instance, like its security groups on EC2: incoming packets
 * that no rule of a group allows are dropped, and replies are allowed. Rules that refer to a group allow the addresses
 * of its members.
 */
export function firewallOf(
  { groups }: InstanceFacts,
  all: readonly SecurityGroup[],
  members: readonly InstanceFacts[],
): string {
  const own = all.filter(({ GroupId = '' }) => groups.includes(GroupId))
  const rules = own.flatMap(({ IpPermissions = [] }) =>
    IpPermissions.flatMap(permission => rulesOf(permission, members)),
  )
  return `table inet ec2
delete table inet ec2
table inet ec2 {
  chain security_groups {
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    ct state established,related accept
${[...new Set(rules)].map(rule => `    ${rule}\n`).join('')}  }
}
`
}

function rulesOf(permission: IpPermission, members: readonly InstanceFacts[]): readonly string[] {
  const sources = [
    ...(permission.IpRanges ?? []).map(({ CidrIp = '' }) => CidrIp),
    ...(permission.UserIdGroupPairs ?? []).flatMap(({ GroupId = '' }) =>
      members.filter(({ groups }) => groups.includes(GroupId)).map(({ address }) => address),
    ),
  ]
  const ports = portsOf(permission)
  return sources.map(source => `ip saddr ${source} ${ports}accept`)
}

function portsOf({ IpProtocol = '-1', FromPort = -1, ToPort = -1 }: IpPermission): string {
  if (IpProtocol === '-1') return ''
  if (IpProtocol === 'tcp' || IpProtocol === 'udp') return `${IpProtocol} dport ${FromPort}-${ToPort} `
  return `meta l4proto ${IpProtocol} `
}
