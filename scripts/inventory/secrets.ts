import { optionVariables } from './flags.ts'
import { Path } from './problem-path.ts'
import { isAboutSecrets, type Problem } from './problems.ts'
import { isReference, secretsIn } from './secret-text.ts'

const secretKey =
  /(^|[_.-])(pass(word|wd|phrase)?|secret|token|api_?key|(secret_?)?access_?key|(secret|private)_?key)$/i
/** Secrets in plain text anywhere in an inventory. They are never repeated in the message. */
export function checkSecrets(root: unknown, rootPath = Path.root): readonly Problem[] {
  const found: Problem[] = []
  const walk = (value: unknown, path: Path, key: string): void => {
    if (typeof value === 'string') {
      const what = whatIs(value, key, path)
      if (what !== undefined) found.push({ code: 'E036', path, message: `looks like ${what}`, help })
    } else if (typeof value === 'object' && value !== null) {
      // The tables of flags state which of them are secrets.
      const areFlags = Object.hasOwn(optionVariables, key)
      for (const [name, inner] of Object.entries(value)) walk(inner, path.below(name), areFlags ? '' : name)
    }
  }
  walk(root, rootPath, '')
  return found
}

/**
 * Problems together with secrets: a problem at the place of a secret is left out, and one around it does not show its
 * value.
 */
export function withSecrets(problems: readonly Problem[], secrets: readonly Problem[]): readonly Problem[] {
  const known = new Set(problems.filter(isAboutSecrets).map(({ path }) => String(path)))
  const others = problems
    .filter(({ path }) => known.has(String(path)) || !secrets.some(secret => secret.path.isSame(path)))
    .map(problem => {
      const holdsOne = secrets.some(({ path }) => problem.path.covers(path))
      return holdsOne ? { ...problem, message: problem.message.replace(/, got .*$/, '') } : problem
    })
  return [...others, ...secrets.filter(({ path }) => !known.has(String(path)))]
}

const help = 'put it in a file on the machine, and rotate it: it has been exposed'

// Lines of `user:password`, which cloud-init passes to chpasswd.
const passwordList = /(^|\.)chpasswd\.list(\.\d+|\[\d+\])?$/

function whatIs(text: string, key: string, path: Path): string | undefined {
  const [first] = secretsIn(text)
  if (first !== undefined) return first.what
  if (passwordList.test(String(path)) && listsPasswords(text)) return 'a list of passwords'
  return secretKey.test(key) && !isReference(text) ? 'a secret' : undefined
}

function listsPasswords(text: string): boolean {
  return text.split('\n').some(line => {
    const [, password] = /^\s*[\w.-]+:(.+)$/.exec(line) ?? []
    return password !== undefined && !isReference(password.trim())
  })
}
