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
  'E100', 'E101', 'E102', 'E103', 'E104', 'E105', 'E106', 'E107', 'E108', 'E109',
  'E110', 'E112', 'E113', 'E114', 'E115', 'E116', 'E117', 'E118',
  'W001', 'W002', 'W003', 'W004',
  'W010', 'W011', 'W012', 'W013',
  'W015', 'W016', 'W017', 'W019',
  'W020', 'W021', 'W022', 'W023', 'W024', 'W025', 'W026', 'W027', 'W028', 'W029',
  'W030', 'W031', 'W032', 'W033', 'W034', 'W035',
] as const

/** Names a rule, for `npm run explain` and docs/problems.md. */
export type Code = (typeof codes)[number]

/** A problem that the user can correct: what is wrong, where, and what to do. */
export interface Problem {
  /** The rule that is broken. Problems outside the inventory, such as a service that does not respond, have none. */
  readonly code?: Code
  readonly path: Path
  /** Set if the key is wrong, and not its value. */
  readonly at?: 'key'
  /** What is wrong, without the place. */
  readonly message: string
  /** What to do about it. */
  readonly help?: string
  /** Additional information, such as where a value comes from. */
  readonly notes?: readonly Note[]
  /** The groups or seats that have the problem, if the path does not show it. */
  readonly on?: readonly Path[]
  /** The file, if the problem is in a file. */
  readonly file?: string
  /** Line and column in characters, starting at 1, and the number of characters, if they are known. */
  readonly line?: number
  readonly column?: number
  readonly length?: number
}

/** A note on a problem, and the place that it refers to. */
export interface Note {
  readonly message: string
  readonly path?: Path
  /** Where the value in the note is set: `groups.web.vars`. */
  readonly by?: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

export type Severity = 'error' | 'warning'

export function severityOf({ code }: Problem): Severity {
  return code?.startsWith('W') ? 'warning' : 'error'
}

/** The rules about secrets. Values that break them are never shown. */
export function isAboutSecrets({ code }: Problem): boolean {
  return code === 'E028' || code === 'E036'
}

/** The only error that the user can correct. It contains every problem that was found, not only the first. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(sayProblem).join('\n'))
    this.problems = problems
  }
}

/** A command that stopped before it was done. The message states why, and what exists. */
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

/** The message and the help. */
function sentenceOf({ message, help }: Problem): string {
  return help === undefined ? message : `${message}; ${help}`
}

/** `inventory.yaml:3:8`, without the parts that are not known. */
export function placeOf({ file, line, column }: Pick<Problem, 'file' | 'line' | 'column'>): string {
  return [file, line, column].filter(part => part !== undefined).join(':')
}

/** Returns `value`, or throws `Refused` if there are problems. */
export function orRefuse<T>(value: T, problems: readonly Problem[]): T {
  if (problems.length > 0) throw new Refused(problems)
  return value
}

/** The help of a problem, if there is any. */
export function helping(help: string | undefined): { help?: string } {
  return help === undefined ? {} : { help }
}

/** A value as it is shown in a message: short, on one line. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
