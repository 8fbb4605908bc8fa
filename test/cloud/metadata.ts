import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { InstanceFacts } from './instances.ts'

// A double of the instance metadata service (EC2 user guide, "Instance metadata categories").

/** What the service knows about a caller. */
export interface Caller {
  readonly instance: InstanceFacts
  readonly userData: Buffer
  readonly publicKey: string | undefined
  readonly hardwareAddress: string
}

/** A directory of the service: `iam/` contains others, `instance-id` is text. */
interface Tree {
  readonly [name: string]: string | Tree
}

const TTL = 'x-aws-ec2-metadata-token-ttl-seconds'

/**
 * Serves metadata, user data, identity and credentials. Requires a token (IMDSv2), except of cloud-init, which requests
 * one only from hardware that it recognizes as EC2.
 *
 * @param callerAt the instance with an address
 */
export function metadataService(callerAt: (address: string) => Promise<Caller | undefined>): Server {
  const tokens = new Map<string, string>()
  return createServer((request, response) => {
    const from = request.socket.remoteAddress?.replace('::ffff:', '') ?? ''
    const end = (status: number, body: string | Buffer = '') => response.writeHead(status).end(body)
    if (request.method === 'PUT') {
      const lifetime = request.headers[TTL]
      if (lifetime === undefined) return void end(400)
      const token = randomBytes(24).toString('base64')
      tokens.set(token, from)
      return void response.writeHead(200, { [TTL]: lifetime }).end(token)
    }
    if (!isAuthorized(request, from, tokens)) return void end(401)
    callerAt(from).then(
      caller => {
        const found = caller && answerTo(request.url ?? '/', caller)
        return found === undefined ? end(404) : end(200, found)
      },
      () => end(500),
    )
  })
}

function isAuthorized({ headers }: IncomingMessage, from: string, tokens: ReadonlyMap<string, string>) {
  const token = headers['x-aws-ec2-metadata-token']
  if (token === undefined) return /^(Cloud-Init|python-requests)\//.test(headers['user-agent'] ?? '')
  return tokens.get(String(token)) === from
}

function answerTo(url: string, caller: Caller): string | Buffer | undefined {
  const [, , ...names] = new URL(url, 'http://imds').pathname.split('/')
  if (names[0] === 'user-data') return caller.userData.length > 0 ? caller.userData : undefined
  let place: string | Tree | undefined = {
    'meta-data': metadataOf(caller),
    dynamic: { 'instance-identity': { document: JSON.stringify(identityOf(caller)) } },
  }
  for (const name of names.filter(part => part !== '')) {
    const inner: readonly (readonly [string, string | Tree])[] =
      typeof place === 'object' ? Object.entries(place) : []
    // A listing shows the first key as `0=name`, and its directory is `0/`.
    place = inner.find(([key]) => key.replace(/=.*/, '') === name)?.[1]
  }
  if (typeof place !== 'object') return place
  return Object.entries(place)
    .map(([name, inner]) => (typeof inner === 'string' || name.includes('=') ? name : `${name}/`))
    .join('\n')
}

function hostNameOf(address: string): string {
  return `ip-${address.replaceAll('.', '-')}.ec2.internal`
}

function metadataOf({ instance, publicKey, hardwareAddress: mac }: Caller): Tree {
  const { id, address, zone, type, image, profile, keyName, metadataTags } = instance
  return {
    'ami-id': image,
    'ami-launch-index': '0',
    hostname: hostNameOf(address),
    'instance-id': id,
    'instance-type': type,
    'local-hostname': hostNameOf(address),
    'local-ipv4': address,
    mac,
    network: { interfaces: { macs: { [mac]: { 'device-number': '0', 'local-ipv4s': address, mac } } } },
    placement: { 'availability-zone': zone, region: zone.slice(0, -1) },
    ...(Object.keys(metadataTags).length > 0 && { tags: { instance: metadataTags } }),
    ...(publicKey !== undefined && { 'public-keys': { [`0=${keyName}`]: { 'openssh-key': publicKey } } }),
    ...(profile !== undefined && {
      iam: { 'security-credentials': { [profile]: JSON.stringify(credentials()) } },
    }),
  }
}

function identityOf({ instance: { id, address, zone, type, image } }: Caller) {
  return {
    accountId: '123456789012',
    architecture: 'x86_64',
    availabilityZone: zone,
    imageId: image,
    instanceId: id,
    instanceType: type,
    privateIp: address,
    region: zone.slice(0, -1),
    version: '2017-09-30',
  }
}

function credentials() {
  const now = Date.now()
  return {
    Code: 'Success',
    LastUpdated: new Date(now).toISOString().replace(/\.\d+/, ''),
    Type: 'AWS-HMAC',
    AccessKeyId: 'ASIAMACHINE000000000',
    SecretAccessKey: 'not-a-secret',
    Token: 'not-a-token',
    Expiration: new Date(now + 6 * 3_600_000).toISOString().replace(/\.\d+/, ''),
  }
}
