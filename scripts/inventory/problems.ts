import type { Path } from './problem-path.ts'

/** The code of every rule. `W` begins those that only warn. A code is never given to another rule. */
// biome-ignore format: ten to a line
export const codes = [
  'E001', 'E002', 'E003', 'E004', 'E005', 'E006', 'E007', 'E008', 'E009',
  'E010', 'E011', 'E012', 'E013', 'E014', 'E015', 'E016', 'E017', 'E018', 'E019',
  'E020', 'E021', 'E022', 'E023', 'E024', 'E025', 'E026', 'E027', 'E028', 'E029',
  'E030', 'E031', 'E032', 'E033', 'E034', 'E036', 'E037', 'E039',
  'E040', 'E041',
  'E050', 'E051', 'E052', 'E053', 'E054',
  'E060', 'E061', 'E062',
  'E070', 'E071', 'E072', 'E073', 'E074', 'E075', 'E076', 'E077', 'E078', 'E079',
  'E080', 'E081', 'E082', 'E083', 'E084', 'E085', 'E086', 'E087', 'E088', 'E089',
  'E090', 'E091', 'E092', 'E093', 'E094', 'E095', 'E096', 'E097', 'E098',
  'E100', 'E101', 'E102', 'E103', 'E104', 'E105', 'E106', 'E107',
  'E110', 'E112', 'E113', 'E114', 'E115', 'E116',
  'W001', 'W002', 'W003', 'W004',
  'W010', 'W011', 'W012', 'W013',
  'W015', 'W016', 'W017',
  'W020', 'W021', 'W022', 'W023', 'W024', 'W025', 'W026', 'W027', 'W028',
  'W030', 'W031', 'W032', 'W033', 'W034', 'W035',
] as const

/** Names a rule, for `npm run explain` and docs/problems.md. */
export type Code = (typeof codes)[number]

/** One thing a person can mend: what is wrong, where, and what to do about it. */
export interface Problem {
  /** The rule that is broken. What isn't about an inventory, as a service that doesn't answer, has none. */
  readonly code?: Code
  readonly path: Path
  /** Given when the key is wrong, and not its value. */
  readonly at?: 'key'
  /** What is wrong, without the place. */
  readonly message: string
  /** What to do about it. */
  readonly help?: string
  /** What else plays a part, such as where a value comes from. */
  readonly notes?: readonly Note[]
  /** The groups or seats that it is a problem of, where the path doesn't say so. */
  readonly on?: readonly Path[]
  /** The file, when the problem is in one. */
  readonly file?: string
  /** Line and column in characters, counted from 1, when known; how many characters are meant. */
  readonly line?: number
  readonly column?: number
  readonly length?: number
}

/** A sentence that belongs to a problem, and the place that it speaks of. */
export interface Note {
  readonly message: string
  readonly path?: Path
  /** Who set the value that the sentence speaks of: `groups.web.vars`. */
  readonly by?: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

export type Severity = 'error' | 'warning'

export function severityOf({ code }: Problem): Severity {
  return code?.startsWith('W') ? 'warning' : 'error'
}

/** The rules about secrets: what breaks them is never shown again. */
export function isAboutSecrets({ code }: Problem): boolean {
  return code === 'E028' || code === 'E036'
}

/** The only error a reader is meant to mend. Carries every problem found, never just the first. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(sayProblem).join('\n'))
    this.problems = problems
  }
}

/** A run that ended before its goal, after it has said why and what exists. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** One line for one problem: `inventory.yaml:3:8: groups.web.min: must be …; use …`. */
export function sayProblem(problem: Problem): string {
  return [placeOf(problem), String(problem.path), sentenceOf(problem)].filter(part => part !== '').join(': ')
}

/** What is wrong and the way out. */
function sentenceOf({ message, help }: Problem): string {
  return help === undefined ? message : `${message}; ${help}`
}

/** `inventory.yaml:3:8`, as much of it as is known. */
export function placeOf({ file, line, column }: Pick<Problem, 'file' | 'line' | 'column'>): string {
  return [file, line, column].filter(part => part !== undefined).join(':')
}

/** Returns `value`, or throws `Refused` when there are problems. */
export function orRefuse<T>(value: T, problems: readonly Problem[]): T {
  if (problems.length > 0) throw new Refused(problems)
  return value
}

/** The parts of a problem that say what to do, if anything is to be said. */
export function helping(help: string | undefined): { help?: string } {
  return help === undefined ? {} : { help }
}

/** A value as it is shown in a message: short, on one line. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
