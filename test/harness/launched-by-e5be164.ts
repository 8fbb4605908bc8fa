import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Cloud } from './cloud.ts'

interface Recorded {
  service: string
  action: string
  params: Record<string, string>
}

interface Recording {
  /** The texts that hashes were calculated from: user data as lines, others as a single line. */
  texts: Record<string, string | string[]>
  calls: Recorded[]
}

const recording = new URL('../upgrade/e5be164.json', import.meta.url)

/**
 * Puts the account in the state that release e5be164 left after `launch --yes` with the inventory of `inventoryText`:
 * three leaders, and the pools web and batch.
 *
 * test/upgrade/e5be164.json is a recording of that release. Two launches were recorded through `proxy.calls`, with two
 * names and therefore in two accounts. The recording contains only the calls that change something, ordered by
 * dependency, without the client tokens that the SDK generates. Values that depend on the name or the account are
 * replaced by `{{a place}}`; after this, both recordings were equal. A hash is represented by `{{sha256 X}}`, and
 * `texts` contains the text that it was calculated from, so that it is correct for any name and account. In an account
 * with the replayed recording, that release found nothing to do.
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

/** Replaces the places in a text with the values for this account and name. */
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
  if (value === undefined) throw new Error(`unknown place in the recording: ${place}`)
  return value
}

/** Sends a recorded call. The stand-in derives the service and the caller from the signature only. */
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
