import type { Overrides } from '../cluster/cluster.ts'
import { isReference, secretsIn, withoutSecrets } from '../inventory/secret-text.ts'
import type { Observed } from './examined.ts'

/** What an archive of `npm run support` contains for a later diagnosis, next to the inventory. */
export interface Recorded {
  readonly format: 1
  /** When it was observed, in ISO 8601. */
  readonly time: string
  readonly inventory: string
  readonly overrides: Overrides
  /** The arguments of the call. */
  readonly args: readonly string[]
  readonly observed: Observed
}

/** Texts by their path in an archive. */
export type Texts = ReadonlyMap<string, string>

/** The parts of the names of settings whose values are secrets. */
const secretName =
  'pass(?:word|wd|phrase)?|secret|token|credentials?|encrypt|(?:api|private|access|auth)[_-]?key'
const assigned = new RegExp(
  `(?:^|["'\\s,{])["']?[\\w.-]*(?:${secretName})["']?\\s*[=:]\\s*(?:"([^"\\n]+)"|'([^'\\n]+)'|([^\\s"',;}]+))`,
  'gim',
)
const inUrl = /\w:\/\/[^\s/:@]*:([^\s/@]+)@/g
const shortest = 4

/** The values of settings that are secrets by their name, and passwords in URLs. */
function secretValues(text: string): readonly string[] {
  const all = [...text.matchAll(assigned), ...text.matchAll(inUrl)].map(
    ([, quoted, single, bare]) => quoted ?? single ?? bare ?? '',
  )
  return all.filter(value => value.length >= shortest && !isReference(value) && !isMasked(value))
}

const isMasked = (text: string) => /^[•\s]*$/.test(text)

/** Texts with dots in place of secrets: what looks like one anywhere, and the value of each secret setting everywhere. */
export function maskedTexts(texts: Texts): Texts {
  const values = [...new Set([...texts.values()].flatMap(secretValues))].toSorted(
    (a, b) => b.length - a.length,
  )
  const hide = (text: string) =>
    values.reduce((all, value) => all.replaceAll(value, '•'.repeat(value.length)), withoutSecrets(text))
  const hideIn = (path: string, text: string) => (isJson(path) ? mapStrings(text, hide) : hide(text))
  return new Map([...texts].map(([path, text]) => [path, hideIn(path, text)]))
}

const isJson = (path: string) => path.endsWith('.json')

/** JSON with every string changed. A pattern for plain text would also match the quotes of JSON. */
function mapStrings(json: string, change: (text: string) => string): string {
  return JSON.stringify(
    JSON.parse(json),
    (_, value) => (typeof value === 'string' ? change(value) : value),
    2,
  )
}

function stringsIn(json: string): string {
  const found: string[] = []
  mapStrings(json, text => {
    found.push(text)
    return text
  })
  return found.join('\n')
}

/** What still looks like a secret in texts: `nodes/c1-leader-1.txt: an AWS access key`. */
export function leftSecrets(texts: Texts): readonly string[] {
  return [...texts].flatMap(([path, whole]) => {
    const text = isJson(path) ? stringsIn(whole) : whole
    const found = secretsIn(text).filter(({ start, end }) => !isMasked(text.slice(start, end)))
    const left = secretValues(text).map(() => 'the value of a secret setting')
    return [...new Set([...found.map(({ what }) => what), ...left])].map(what => `${path}: ${what}`)
  })
}

/** A script that prints the journal, the configuration and the state of a node. */
export const nodeScript = [
  'show() { echo; echo "==> $*"; "$@" 2>&1; }',
  'for file in /etc/mesos-bakery/* /etc/consul.d/* /etc/zookeeper/conf/zoo.cfg /etc/zookeeper/conf/myid' +
    ' /etc/dnsmasq.d/* /etc/resolv.conf /run/mesos-bakery/* /run/mesos-bakery-names/hosts; do',
  '  if [ -f "$file" ]; then show cat "$file"; fi',
  'done',
  'show /usr/lib/mesos-bakery/report --evidence',
  "show systemctl --no-pager --all list-units 'mesos-*' 'consul*' 'dnsmasq*' 'zookeeper*' 'marathon*'",
  'show uptime; show date --utc; show free -m; show df -h; show df -i; show ip address; show ss -ltn',
  'show tail -n 300 /var/log/cloud-init.log',
  'show journalctl --no-pager --boot --lines=3000 --output=short-iso',
].join('\n')
