import * as z from 'zod/mini'
import { type Authority, makeAuthority, type Validity } from './authority.ts'

/** A role that receives secrets. Each receives only what it needs. */
export type SecretsRole = 'leader' | 'follower' | 'operator'

/** The text that a node of a role receives. */
export type Bundles = Readonly<Record<SecretsRole, string>>

/** A source of random bytes. */
export type Random = (bytes: number) => Uint8Array

interface Kind {
  readonly roles: readonly SecretsRole[]
  readonly make: (random: Random, authority: Authority) => string
}

const leader = ['leader'] as const
const operators = ['leader', 'operator'] as const
const all = ['leader', 'follower'] as const

/** The secrets of a cluster: who receives them, and how they are made. */
export const secretKinds = {
  'consul-ca': { roles: ['leader', 'follower', 'operator'], make: (_, { certificate }) => certificate },
  'consul-ca-key': { roles: leader, make: (_, { key }) => key },
  'consul-follower-token': { roles: all, make: uuid },
  'consul-gossip-key': { roles: all, make: random => Buffer.from(random(32)).toString('base64') },
  'consul-leader-token': { roles: leader, make: uuid },
  'consul-management-token': { roles: operators, make: uuid },
  'consul-operator-token': { roles: operators, make: uuid },
  'consul-read-token': { roles: all, make: uuid },
  'zookeeper-admin-password': { roles: operators, make: password },
  'zookeeper-follower-password': { roles: all, make: password },
  'zookeeper-leader-password': { roles: leader, make: password },
} as const satisfies Readonly<Record<string, Kind>>

export type SecretName = keyof typeof secretKinds

const secretNames = Object.keys(secretKinds) as readonly SecretName[]

const secret = z.object({ value: z.string(), version: z.int(), created: z.string() })

export const secretSet = z.object({
  format: z.literal(1),
  cluster: z.string(),
  secrets: z.record(z.enum(secretNames), secret),
})

/** All secrets of a cluster. */
export type SecretSet = z.infer<typeof secretSet>

/**
 * Makes the secrets of a cluster.
 *
 * @param random the only source of the values
 * @param validity of the certificate authority of Consul; it begins when the secrets are created
 */
export function makeSecrets(cluster: string, random: Random, validity: Validity): SecretSet {
  const authority = makeAuthority(cluster, random, validity)
  const made = secretNames.map(name => {
    const value = secretKinds[name].make(random, authority)
    return [name, { value, version: 1, created: validity.from }]
  })
  return { format: 1, cluster, secrets: Object.fromEntries(made) }
}

/** What each role receives. */
export function bundlesIn({ cluster, secrets }: SecretSet): Bundles {
  const bundle = (role: SecretsRole) => {
    const own = secretNames.filter(name => (secretKinds[name].roles as readonly SecretsRole[]).includes(role))
    const values = Object.fromEntries(own.map(name => [name, secrets[name].value]))
    return JSON.stringify({ format: 1, cluster, role, secrets: values })
  }
  return { leader: bundle('leader'), follower: bundle('follower'), operator: bundle('operator') }
}

/** A secret without its value. */
export interface SecretFacts {
  readonly name: SecretName
  readonly version: number
  readonly created: string
  readonly roles: readonly SecretsRole[]
}

/** What may be shown about secrets. */
export function factsOf({ secrets }: SecretSet): readonly SecretFacts[] {
  return secretNames.map(name => {
    const { version, created } = secrets[name]
    return { name, version, created, roles: secretKinds[name].roles }
  })
}

/** A random UUID (RFC 9562, version 4). */
function uuid(random: Random): string {
  const bytes = random(16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** A password that can be part of a URL. */
function password(random: Random): string {
  return Buffer.from(random(24)).toString('base64url')
}
