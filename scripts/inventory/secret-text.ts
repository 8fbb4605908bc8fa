import type { Span } from './source.ts'

/** A secret in a text, as what it was recognised, and where it stands. */
export interface FoundSecret extends Span {
  readonly what: string
}

type Shape = readonly [what: string, pattern: RegExp]

// What looks like a secret wherever it stands. The whole match is one, or the group `secret`.
const shapes: readonly Shape[] = [
  ['an AWS access key', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/g],
  [
    'a private key',
    /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----|[\s\S]*)/g,
  ],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22,}/g],
  ['a GitLab token', /\bglpat-[\w-]{20,}/g],
  ['a Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g],
  ['a Vault token', /\bhv[sb]\.[A-Za-z0-9_-]{20,}/g],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:(?<secret>[^\s/@]+)@/gi],
  [
    'a gossip key',
    /\bencrypt\b["']?\s*[:=]\s*["']?(?<secret>[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{32}|[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])/g,
  ],
  [
    'a credential in a header',
    /\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+(?<secret>[\w.~+/=-]{8,})/gi,
  ],
  ['a registry credential', /"auth"\s*:\s*"(?<secret>[A-Za-z0-9+/=]{8,})"/g],
  ['a password of curl', /\bcurl\b[^\n]*?\s(?:-u|--user)[= ]?["']?[^\s:"']+:(?<secret>[^\s"']+)/g],
  ['a password of mysql', /\bmysql\w*\b[^\n]*?\s-p(?<secret>[^\s"'-][^\s"']*)/g],
  ['a password of netrc', /\bmachine\s+\S+\s+login\s+\S+\s+password\s+(?<secret>\S+)/g],
  ['a password of pgpass', /^[\w.*-]+:(?:\d+|\*):[\w.*-]+:[\w.*-]+:(?<secret>\S+)$/gm],
  ['a password for chpasswd', /\becho\s+["']?[\w.-]+:(?<secret>[^\s"'|]+)["']?\s*\|\s*(?:\S*\/)?chpasswd\b/g],
  ['a password for chpasswd', /\bchpasswd\b[^\n]*<<-?\s*["']?(\w+)["']?\n(?<secret>[\s\S]*?)\n\s*\1\b/g],
  [
    'a secret in an option',
    /(?<![\w-])--(?:[\w-]*-)?(?:password|passwd|passphrase|token|secret|api-key)(?:=|\s+)["']?(?<secret>[^\s"']+)/g,
  ],
]

const secretName =
  '(?:[\\w.-]*(?:pass(?:word|wd|phrase)|auth_?token)|(?:[\\w.-]*[_.-])?(?:pass|secret|token|api_?key|(?:secret_?)?access_?key|(?:private|secret)_?key))'
// A line of a shell, a properties file, an ini, YAML or JSON that names what it holds.
const assignment = new RegExp(
  `^[ \\t]*(?:export +|set +|-[ \\t]+)?["']?(?:[^\\s"'=:]*[:/])?(?:${secretName})["']?[ \\t]*[:=][ \\t]*(?:"(?<quoted>[^"\\n]+)"|'(?<single>[^'\\n]+)'|(?<bare>[^\\s"'#,;][^\\n#,;]*?))[ \\t]*[,;]?[ \\t]*(?:#.*)?$`,
  'gimu',
)

// What only says where a secret is, or that there is none.
const reference =
  /^(?:(?:file:)?\/|\$|arn:|(?:ssm|vault|secretsmanager):|\{\{|<[^>]*>$|%\{|[*!~]+$|(?:yes|no|true|false|on|off|null|none|random|r)$)/i

/** Whether a value that stands where a secret is expected is no secret itself. */
export function isReference(value: string): boolean {
  return value === '' || reference.test(value)
}

/** Every secret in a text, in the order in which they stand. */
export function secretsIn(text: string): readonly FoundSecret[] {
  const found = shapes.flatMap(([what, pattern]) =>
    [...text.matchAll(pattern)].flatMap(match => spanOf(what, match)),
  )
  const assigned =
    text.includes('\n') || /[:=]/.test(text)
      ? [...text.matchAll(assignment)].flatMap(match => spanOf('a secret', match))
      : []
  return [...found, ...assigned].sort((a, b) => a.start - b.start)
}

function spanOf(what: string, match: RegExpMatchArray): readonly FoundSecret[] {
  const { secret, quoted, single, bare } = match.groups ?? {}
  const value = secret ?? quoted ?? single ?? bare
  const [whole] = match
  const own = value ?? whole
  if (value !== undefined && isReference(value)) return []
  const start =
    match.index === undefined ? 0 : match.index + (value === undefined ? 0 : whole.lastIndexOf(own))
  return [{ what, start, end: start + own.length }]
}

/** A text with dots in place of its secrets. Lines stay as long as they are. */
export function withoutSecrets(text: string): string {
  return secretsIn(text).reduce(dotted, text)
}

/** A text with dots in place of one stretch of it. */
export function dotted(text: string, { start, end }: Span): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\s]/gu, dots) + text.slice(end)
}

// As many units as the character had, so that later spans stay where they are.
const dots = (char: string) => '•'.repeat(char.length)
