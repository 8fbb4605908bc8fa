import { passwordShapes, shortestToken, tokenShapes } from './secret-shapes.ts'
import type { Span } from './source.ts'

/** A secret in a text, with its kind and its position. */
export interface FoundSecret extends Span {
  readonly what: string
}

const secretName =
  '(?:[\\w.-]*(?:pass(?:word|wd|phrase)|auth_?token)|(?:[\\w.-]*[_.-])?(?:pass|secret|token|api_?key|(?:secret_?)?access_?key|(?:private|secret)_?key))'
// A line of a shell script, a properties, INI, YAML or JSON file with a name and a value.
const assignment = new RegExp(
  `^[ \\t]*(?:export +|set +|-[ \\t]+)?["']?(?:[^\\s"'=:]*[:/])?(?:${secretName})["']?[ \\t]*[:=][ \\t]*(?:"(?<quoted>[^"\\n]+)"|'(?<single>[^'\\n]+)'|(?<bare>[^\\s"'#,;][^\\n#,;]*?))[ \\t]*[,;]?[ \\t]*(?:#.*)?$`,
  'gimu',
)

// Values that refer to a secret, or are placeholders.
const reference =
  /^(?:(?:file:)?\/|[$`]|arn:|(?:ssm|vault|secretsmanager):|\{\{|<[^>]*>$|%\{|[*!~]+$|(?:yes|no|true|false|on|off|null|none|random|r)$)/i

/** Whether a value in place of a secret is not a secret itself. */
export function isReference(value: string): boolean {
  return value === '' || reference.test(value)
}

/** Every secret in a text, in order. */
export function secretsIn(text: string): readonly FoundSecret[] {
  // Most values of an inventory are single words, which do not match the longer patterns.
  const isWord = !/[\s:=]/.test(text)
  if (isWord && text.length < shortestToken) return []
  const tokens = tokenShapes.flatMap(([what, pattern]) => spansOf(what, text, pattern))
  if (isWord) return tokens.sort(byStart)
  const passwords = [...passwordShapes, ['a secret', assignment] as const].flatMap(([what, pattern]) =>
    spansOf(what, text, pattern).filter(span => !isReference(text.slice(span.start, span.end))),
  )
  return [...tokens, ...passwords].sort(byStart)
}

const byStart = (a: Span, b: Span) => a.start - b.start

function spansOf(what: string, text: string, pattern: RegExp): readonly FoundSecret[] {
  // There is rarely a match, and matchAll copies the pattern first.
  if (text.search(pattern) < 0) return []
  return [...text.matchAll(pattern)].map(match => spanOf(what, match))
}

function spanOf(what: string, match: RegExpMatchArray): FoundSecret {
  const { secret, quoted, single, bare } = match.groups ?? {}
  const value = secret ?? quoted ?? single ?? bare
  const [whole] = match
  const own = value ?? whole
  const start =
    match.index === undefined ? 0 : match.index + (value === undefined ? 0 : whole.lastIndexOf(own))
  return { what, start, end: start + own.length }
}

/** A text with dots in place of its secrets. Lines stay as long as they are. */
export function withoutSecrets(text: string): string {
  return secretsIn(text).reduce(dotted, text)
}

/** A text with dots in place of one part of it. */
export function dotted(text: string, { start, end }: Span): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\s]/gu, dots) + text.slice(end)
}

// As many units as the character, so that the positions after it do not change.
const dots = (char: string) => '•'.repeat(char.length)
