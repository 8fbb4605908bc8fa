import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Cloud } from './cloud.ts'

interface Recorded {
  service: string
  action: string
  params: Record<string, string>
}

interface Recording {
  /** What sums were made of: user data by its lines, the rest as one line. */
  texts: Record<string, string | string[]>
  calls: Recorded[]
}

const recording = new URL('../upgrade/e5be164.json', import.meta.url)

/**
 * Leaves the account as release e5be164 did after `launch --yes` of the inventory of `inventoryText`: three
 * leaders, and the pools web and batch.
 *
 * test/upgrade/e5be164.json is a recording of that release. It was launched twice through `proxy.calls`, with two
 * names and so in two accounts; of its calls those that change something were kept, in an order that puts what is
 * needed first, without the client tokens that the SDK invents. Everything that the name or the account decides
 * stands as `{{a place}}`, and both recordings were equal then. A sum is `{{sha256 X}}`, with what that release
 * took it of under `texts`, so that it is right for any name and account. That release found nothing to do in an
 * account in which this had been replayed.
 */
export async function launchedByE5be164(cloud: Cloud, cluster: string): Promise<void> {
  const { texts, calls } = JSON.parse(readFileSync(recording, 'utf8')) as Recording
  const { vpc, subnets, images } = cloud.account
  const places = new Map([
    ['cluster', cluster],
    ['vpc', vpc],
    ...subnets.map((id, index) => [`subnet ${index + 1}`, id] as const),
    ...Object.entries(images).map(([arch, id]) => [`image ${arch}`, id] as const),
  ])
  for (const { service, action, params } of calls) {
    const filled = Object.entries(params).map(([name, value]) => [name, fill(value, texts, places)])
    const reply = await send(cloud, service, { Action: action, ...Object.fromEntries(filled) })
    const [, role] = /-(leader|follower)$/.exec(params.GroupName ?? '') ?? []
    if (role !== undefined) places.set(`group ${role}`, /<groupId>(.*?)<\/groupId>/.exec(reply)?.[1] ?? '')
  }
}

/** Puts what they are of this account and this name into a text's places. */
function fill(text: string, texts: Recording['texts'], places: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{\{(?:(sha256|bytes|base64) )?(.*?)\}\}/g, (_, form: string, place: string) => {
    if (form === undefined) return known(places.get(place), place)
    const of = fill([known(texts[place], place)].flat().join('\n'), texts, places)
    if (form === 'bytes') return String(Buffer.byteLength(of))
    return form === 'sha256'
      ? createHash('sha256').update(of).digest('hex')
      : Buffer.from(of).toString('base64')
  })
}

function known<T>(value: T | undefined, place: string): T {
  if (value === undefined) throw new Error(`the recording has a place that is unknown: ${place}`)
  return value
}

/** Sends a call as it was recorded. The stand-in takes its service and its caller from the signature alone. */
async function send({ proxy }: Cloud, service: string, params: Record<string, string>): Promise<string> {
  const scope = `AKIATEST000000000000/20260101/us-east-1/${service}/aws4_request`
  const reply = await fetch(proxy.url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(params).toString(),
  })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${params.Action} of the recording was refused: ${text}`)
  return text
}
