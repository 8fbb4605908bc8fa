import test from 'ava'
import fc from 'fast-check'
import { leftSecrets, maskedTexts, type Texts } from '../../scripts/doctor/archive.ts'

const texts: Texts = new Map([
  [
    'nodes/c1-leader-1.txt',
    [
      '==> cat /etc/mesos-bakery/marathon.env',
      'MARATHON_HTTP_CREDENTIALS="admin:correct-horse"',
      'MARATHON_ZK="zk://marathon:battery9@zookeeper.service.consul:2181/marathon"',
      'MESOS_QUORUM=2',
      '  "encrypt": "pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=",',
      '  "acl_token": "b1gs33cr3t-of-consul",',
      'export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'Nov 28 marathon[7]: GET /v2/apps with Authorization: Basic YWRtaW46Y29ycmVjdC1ob3JzZQ==',
    ].join('\n'),
  ],
  ['findings.txt', 'D043 c1-leader-1: login as admin:correct-horse failed, and battery9 is wrong'],
])

test('secrets are masked, also where only their value appears, and nothing is left', t => {
  t.true(leftSecrets(texts).length > 0)
  const masked = maskedTexts(texts)
  t.deepEqual(leftSecrets(masked), [])
  const all = [...masked.values()].join('\n')
  t.notRegex(all, /correct-horse|battery9|pUqJrV|b1gs33|wJalr|YWRtaW46/)
  t.regex(all, /MESOS_QUORUM=2/)
  t.regex(masked.get('findings.txt') ?? '', /^D043 c1-leader-1: login as •+ failed, and •{8} is wrong$/)
})

test('what the reports and the findings of a healthy node contain is not masked', t => {
  const plain = { edited: [{ file: '/etc/mesos-bakery/mesos-master.env', lines: ['MESOS_QUORUM=3'] }] }
  const masked = maskedTexts(new Map([['observed.json', JSON.stringify(plain)]]))
  t.deepEqual(JSON.parse(masked.get('observed.json') ?? ''), plain)
})

test('JSON stays JSON', t => {
  const logs = { logs: ['consul_token=b1gs33cr3t', 'password: "correct-horse"'], token: 'b1gs33cr3t' }
  const masked = maskedTexts(new Map([['observed.json', JSON.stringify(logs)]]))
  t.deepEqual(JSON.parse(masked.get('observed.json') ?? ''), {
    logs: ['consul_token=••••••••••', 'password: "•••••••••••••"'],
    token: '••••••••••',
  })
  t.deepEqual(leftSecrets(masked), [])
})

test('no value of a secret setting is left in any text', t => {
  const value = fc.stringMatching(/^[A-Za-z0-9_+=.-]{12,40}$/)
  const name = fc.constantFrom(
    'MESOS_PASSWORD',
    'marathon.http_credentials',
    'consul_token',
    'api-key',
    'MY_SECRET',
  )
  const line = fc.constantFrom<(name: string, value: string) => string>(
    (key, secret) => `${key}="${secret}"`,
    (key, secret) => `  "${key}": "${secret}",`,
    (key, secret) => `${key}: ${secret}`,
    (_, secret) => `zk://user:${secret.replaceAll('@', '')}@zookeeper:2181/mesos`,
  )
  const property = fc.property(name, value, line, (key, secret, write) => {
    const both = new Map([
      ['a', `before\n${write(key, secret)}\nafter`],
      ['b', `the log says ${secret} too`],
    ])
    const masked = [...maskedTexts(both).values()].join('\n')
    return (
      !masked.includes(secret) &&
      masked.includes('the log says') &&
      leftSecrets(maskedTexts(both)).length === 0
    )
  })
  t.notThrows(() => fc.assert(property))
})
