import { under } from './check.ts'
import { optionVariables } from './flags.ts'
import { isAboutSecrets, type Problem } from './problems.ts'

/** What secrets look like, whatever they are called. */
const shapes: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['an AWS access key', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22}/],
  ['a Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10}/],
  ['a Vault token', /\bhv[sb]\.[A-Za-z0-9_-]{20}/],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\./],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i],
]

const secretKey =
  /(^|[_.-])(pass(word|wd|phrase)?|secret|token|api_?key|(secret_)?access_?key|private_?key)$/i
// What only names where a secret is.
const reference = /^(file:)?\/|^\$|^arn:|^(ssm|vault|secretsmanager):/

/** Secrets in plain text anywhere in an inventory. They are never repeated in the message. */
export function checkSecrets(root: unknown, rootPath = ''): readonly Problem[] {
  const found: Problem[] = []
  const walk = (value: unknown, path: string, key: string): void => {
    if (typeof value === 'string') {
      const what = whatIs(value, key)
      if (what !== undefined) found.push({ code: 'E036', path, message: `looks like ${what}`, help })
    } else if (typeof value === 'object' && value !== null) {
      // Flags have a table that knows which of them are secrets.
      const areFlags = Object.hasOwn(optionVariables, key)
      for (const [name, inner] of Object.entries(value)) walk(inner, under(path, name), areFlags ? '' : name)
    }
  }
  walk(root, rootPath, '')
  return found
}

/** Problems beside secrets: one of the same place isn't told, and one of a place around it doesn't show its value. */
export function withSecrets(problems: readonly Problem[], secrets: readonly Problem[]): readonly Problem[] {
  const known = new Set(problems.filter(isAboutSecrets).map(({ path }) => path))
  const others = problems
    .filter(({ path }) => known.has(path) || !secrets.some(secret => secret.path === path))
    .map(problem => {
      const holdsOne = secrets.some(({ path }) => path.startsWith(`${problem.path}.`))
      return holdsOne ? { ...problem, message: problem.message.replace(/, got .*$/, '') } : problem
    })
  return [...others, ...secrets.filter(({ path }) => !known.has(path))]
}

const help = 'put it into a file on the machine, and change it: it has been seen'

function whatIs(text: string, key: string): string | undefined {
  const shape = shapes.find(([, pattern]) => pattern.test(text))
  if (shape !== undefined) return shape[0]
  return secretKey.test(key) && text !== '' && !reference.test(text) ? 'a secret' : undefined
}
