import { masked } from '../inventory/masked.ts'
import {
  isAboutSecrets,
  type Note,
  type Problem,
  placeOf,
  sayProblem,
  severityOf,
} from '../inventory/problems.ts'
import { linesOf, type Source, type Span } from '../inventory/source.ts'
import type { Style } from '../show/style.ts'
import { type CommandLine, spanIn } from './command-line.ts'
import { excerpt } from './excerpt.ts'

/** The context that problems are shown in. */
export interface Shown {
  readonly source: Source | undefined
  /** Other files that problems may be in. */
  readonly others?: readonly Source[]
  readonly called: CommandLine
  readonly style: Style
}

/** Problems in the style of a compiler: the message, the lines, a caret under the mistake, and the help. */
export function sayProblems(
  problems: readonly Problem[],
  { source, others = [], called, style }: Shown,
): string {
  const lines = source === undefined ? [] : linesOf(masked(source, problems).text)
  const linesIn = (file: string | undefined) => {
    if (file === source?.file) return lines
    const other = others.find(one => one.file === file)
    return other === undefined ? [] : linesOf(other.text)
  }
  const shownCall = maskedCall(called, problems)
  const said = problems.map(problem => {
    const picture =
      problem.path.of === 'command line'
        ? pictureOfCall(problem, shownCall, style)
        : pictureOfFile(problem, linesIn(problem.file), style)
    return [sayHead(problem, picture.length > 0, style), ...picture, ...sayNotes(problem, style)]
  })
  // No empty line is needed between problems of one line each.
  return said.map((block, index) => `${gap(said[index - 1], block)}${block.join('\n')}`).join('')
}

function gap(before: readonly string[] | undefined, block: readonly string[]): string {
  if (before === undefined) return ''
  return before.length > 1 || block.length > 1 ? '\n\n' : '\n'
}

/** The first line. It includes the help only if there is no excerpt that the help can be shown next to. */
function sayHead(problem: Problem, pictured: boolean, style: Style): string {
  const { help, ...rest } = problem
  const mark = severityOf(problem) === 'error' ? style.bad('error:') : style.changed('warning:')
  const code = problem.code === undefined ? '' : style.dim(` [${problem.code}]`)
  return `${mark} ${sayProblem(pictured ? rest : problem)}${code}`
}

function pictureOfFile(problem: Problem, lines: readonly string[], style: Style): readonly string[] {
  const { line, column, length = 1, help } = problem
  if (lines.length === 0 || line === undefined || column === undefined) return []
  return excerpt({ lines, line, column, length }, help, style)
}

function pictureOfCall({ path, at, help }: Problem, called: CommandLine, style: Style): readonly string[] {
  const span = spanIn(called, path, at)
  if (span === undefined) return []
  return excerpt({ lines: [called.text], line: undefined, ...charactersOf(called.text, span) }, help, style)
}

/** A command line without secrets: a wrong value of a secret is shown as dots. */
function maskedCall(called: CommandLine, problems: readonly Problem[]): CommandLine {
  const spans = problems.filter(isAboutSecrets).flatMap(({ path, at }) => spanIn(called, path, at) ?? [])
  const dots = (text: string, { start, end }: Span) =>
    text.slice(0, start) + '•'.repeat(end - start) + text.slice(end)
  return { ...called, text: spans.reduce(dots, called.text) }
}

function charactersOf(text: string, { start, end }: Span) {
  return { column: [...text.slice(0, start)].length + 1, length: [...text.slice(start, end)].length }
}

function sayNotes({ path, notes = [], on = [] }: Problem, style: Style): readonly string[] {
  // A seat is not listed if its group is listed.
  const elsewhere = on
    .filter(place => !place.covers(path))
    .filter(place => !on.some(group => !group.isSame(place) && group.covers(place)))
  const said = [
    ...notes.map(sayNote),
    ...(elsewhere.length === 0 ? [] : [`on ${listed(elsewhere.map(String))}`]),
  ]
  return said.map(note => `     ${style.dim('=')} ${note}`)
}

/** `mesos_zk_port is 2181, set at inventory.yaml:14:22 in groups.web.vars`. */
function sayNote(note: Note): string {
  const place = placeOf(note)
  if (note.by !== undefined) return `${note.message}, set ${place === '' ? '' : `at ${place} `}in ${note.by}`
  return place === '' ? note.message : `${note.message}, see ${place}`
}

function listed(names: readonly string[]): string {
  if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
  return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
