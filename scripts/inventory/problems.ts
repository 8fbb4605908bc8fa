/** One thing a person can mend: what is wrong, where, and what to do about it. */
export interface Problem {
  /** Where in the inventory (`groups.mesos_leaders.count`) or on the command line (`--leaders`). */
  readonly path: string
  /** What is wrong and the way out, without the place. */
  readonly message: string
  /** The file, when the problem is in one. */
  readonly file?: string
  /** Counted from 1, when known. */
  readonly line?: number
  readonly column?: number
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

/** One line for one problem: `inventory.yaml:3:8: groups.web.min: must be …`. */
export function sayProblem({ path, message, file, line, column }: Problem): string {
  const place = [file, line, column].filter(part => part !== undefined).join(':')
  return [place, path, message].filter(part => part !== '').join(': ')
}

/** Returns `value`, or throws `Refused` when there are problems. */
export function orRefuse<T>(value: T, problems: readonly Problem[]): T {
  if (problems.length > 0) throw new Refused(problems)
  return value
}

/** A value as it is shown in a message: short, on one line. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
