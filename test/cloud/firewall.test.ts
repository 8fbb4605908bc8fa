import test from 'ava'
import { firewallOf } from './firewall.ts'
import type { InstanceFacts } from './instances.ts'

const instance = (address: string, groups: readonly string[]) =>
  ({ id: address, address, groups }) as unknown as InstanceFacts

const [leader, follower] = [instance('10.0.0.4', ['sg-l']), instance('10.0.0.5', ['sg-f'])]

const rulesFor = (one: InstanceFacts, permissions: readonly object[]) =>
  firewallOf(one, [{ GroupId: 'sg-l', IpPermissions: [...permissions] }], [leader, follower])
    .split('\n')
    .filter(line => line.includes('saddr'))
    .map(line => line.trim())

test('a rule for a group allows the addresses of its members, and one for a range allows the range', t => {
  const tcp = { IpProtocol: 'tcp', FromPort: 31_000, ToPort: 32_000 }
  t.deepEqual(rulesFor(leader, [{ ...tcp, UserIdGroupPairs: [{ GroupId: 'sg-f' }] }]), [
    'ip saddr 10.0.0.5 tcp dport 31000-32000 accept',
  ])
  t.deepEqual(rulesFor(leader, [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]), [
    'ip saddr 0.0.0.0/0 accept',
  ])
})

test('the rules of other groups allow nothing', t => {
  t.deepEqual(rulesFor(follower, [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]), [])
})
