import { Path } from '../inventory/problem-path.ts'
import type { Problem } from '../inventory/problems.ts'
import type { Sources } from './compile.ts'
import { type Flaw, flawsOf } from './documents.ts'
import type { UserData } from './render.ts'

/**
 * The flaws of rendered documents, at the line of the template that produced them. A mistake in a template affects
 * every document that is rendered from it, and is reported once.
 */
export function blameTemplates(userData: Iterable<UserData>, sources: Sources): readonly Problem[] {
  const problems = firstOfEachShape(userData).flatMap(one =>
    flawsOf(one).map((flaw): Problem => {
      const { message, line } = flaw
      const at = { path: Path.outside(''), ...templateLine(lineAt(one.text, flaw), sources) }
      const notes = [{ message: `in the user data of ${one.name}, line ${line}` }]
      return { code: 'E061', message, notes, ...at }
    }),
  )
  return [
    ...new Map(
      problems.map(problem => [`${problem.file}:${problem.line}:${problem.message}`, problem]),
    ).values(),
  ]
}

/**
 * Documents that differ only in quoted text and in numbers are parsed in the same way, so one of them is sufficient. A
 * hundred pools usually have only a few different structures.
 */
function firstOfEachShape(userData: Iterable<UserData>): readonly UserData[] {
  const shapes = new Map<string, UserData>()
  for (const one of userData) {
    const shape = one.text.replace(/"(?:[^"\\\n]|\\.)*"|\b[1-9]\d*\b/g, value =>
      value[0] === '"' ? '""' : '1',
    )
    if (!shapes.has(shape)) shapes.set(shape, one)
  }
  return [...shapes.values()]
}

const lineAt = (text: string, { line }: Flaw) => text.split('\n')[line - 1] ?? ''

/** The template line that produced a rendered line: the one with the longest common prefix. */
function templateLine(rendered: string, sources: Sources): Pick<Problem, 'file' | 'line' | 'column'> {
  let best = { length: 2, place: {} as Pick<Problem, 'file' | 'line' | 'column'> }
  for (const [name, text] of Object.entries(sources)) {
    for (const [index, line] of text.split('\n').entries()) {
      const fixed = line.split('<%')[0] ?? ''
      if (fixed.trim().length > best.length && rendered.startsWith(fixed)) {
        const column = fixed.search(/\S/) + 1
        best = { length: fixed.trim().length, place: { file: fileOf(name), line: index + 1, column } }
      }
    }
  }
  return best.place
}

/** The path of a template. */
export function fileOf(template: string): string {
  return `cloud-init/${template}.yaml.ejs`
}
