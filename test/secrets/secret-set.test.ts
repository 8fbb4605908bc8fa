import { createPrivateKey, X509Certificate } from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import {
  bundlesIn,
  factsOf,
  makeSecrets,
  type SecretsRole,
  secretKinds,
} from '../../scripts/secrets/secret-set.ts'
import { bytesFrom } from '../harness/test-secrets.ts'

const validity = { from: '2026-01-02T03:04:05.000Z', until: '2050-01-02T03:04:05.000Z' }
const roles: readonly SecretsRole[] = ['leader', 'follower', 'operator']

const made = (seed = 'seed') => makeSecrets('c1', bytesFrom(seed), validity)

test('a bundle contains what its role needs, nothing else, and fits into a parameter of SSM', t => {
  const bundles = bundlesIn(made())
  for (const role of roles) {
    const { secrets, ...others } = JSON.parse(bundles[role])
    t.deepEqual(others, { format: 1, cluster: 'c1', role })
    const expected = Object.entries(secretKinds).filter(([, kind]) => kind.roles.some(one => one === role))
    t.deepEqual(
      Object.keys(secrets),
      expected.map(([name]) => name),
      role,
    )
    t.true(bundles[role].length <= 4096, `the bundle of ${role} has ${bundles[role].length} bytes`)
  }
})

test('a follower receives nothing with which it could act as a leader', t => {
  const { secrets } = JSON.parse(bundlesIn(made()).follower)
  t.deepEqual(Object.keys(secrets), [
    'consul-ca',
    'consul-follower-token',
    'consul-gossip-key',
    'consul-read-token',
    'zookeeper-follower-password',
  ])
})

test('all values differ, and depend on the source of random bytes only', t => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      const values = (seed: string) => Object.values(made(seed).secrets).map(({ value }) => value)
      const kept = (texts: readonly string[]) => texts.filter(text => !text.includes('CERTIFICATE'))
      t.is(new Set(values(one)).size, Object.keys(secretKinds).length)
      t.deepEqual(kept(values(one)), kept(values(one)))
      if (one !== other) t.false(values(one).some(value => values(other).includes(value)))
    }),
    { numRuns: 20 },
  )
})

test('values have the form that the daemons require', t => {
  const { secrets } = made()
  for (const [name, { value }] of Object.entries(secrets)) {
    if (name.endsWith('-token'))
      t.regex(value, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    if (name.endsWith('-password')) t.regex(value, /^[\w-]{32}$/, 'can be part of a URL')
  }
  t.is(Buffer.from(secrets['consul-gossip-key'].value, 'base64').length, 32)
})

test('the certificate authority signs certificates, and is valid when it should be', t => {
  const { secrets } = made()
  const certificate = new X509Certificate(secrets['consul-ca'].value)
  t.true(certificate.ca)
  t.is(certificate.subject, 'CN=Consul of c1')
  t.true(certificate.checkIssued(certificate))
  t.true(certificate.verify(certificate.publicKey))
  t.true(certificate.checkPrivateKey(createPrivateKey(secrets['consul-ca-key'].value)))
  t.is(new Date(certificate.validFrom).toISOString(), validity.from)
  t.is(new Date(certificate.validTo).toISOString(), validity.until)
})

test('what may be shown contains no value', t => {
  const set = made()
  const shown = JSON.stringify(factsOf(set))
  for (const [name, { value }] of Object.entries(set.secrets)) {
    t.true(shown.includes(`"${name}"`))
    t.false(shown.includes(JSON.stringify(value).slice(1, -1)), name)
  }
})
