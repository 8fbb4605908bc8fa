import { sayProblem } from '../inventory/problems.ts'
import { type Act, type Outcome, runSteps } from '../plan/run.ts'
import { type Display, startDisplay } from '../show/display.ts'
import { type AnyStep, count, sayStep } from '../show/say-step.ts'
import { onInterrupt } from './interrupt.ts'
import { env, Stopped, say } from './main.ts'

/** What a failure is called, and what to do about it. */
export type Explain = (error: unknown) => { readonly path: string; readonly message: string } | undefined

/**
 * Runs steps before a person's eyes.
 *
 * @throws Stopped after telling what exists, what failed and why, and what was not begun
 */
export async function runShown<S extends AnyStep>(
  steps: readonly S[],
  act: Act<S>,
  explain: Explain,
): Promise<readonly Outcome<S>[]> {
  const display = startDisplay(
    steps.map(step => ({ id: step.id, label: labelOf(step) })),
    env(),
  )
  const ended: Outcome<S>[] = []
  const release = onInterrupt(() => sayInterrupted(display, ended, steps.length))
  const outcomes = await runSteps(steps, act, event => {
    if (event.at === 'started') display.set(event.step.id, 'under way', doing[event.step.action])
    else showOutcome(display, event.outcome)
    if (event.at === 'ended') ended.push(event.outcome)
  })
  release()
  display.end()
  const failed = outcomes.filter(outcome => outcome.end === 'failed')
  if (failed.length === 0) return outcomes
  for (const { step, error } of failed) say(`\n${labelOf(step)}: ${sayError(error, explain)}`)
  throw new Stopped(sayHalfDone(outcomes))
}

/**
 * Waits before a person's eyes.
 *
 * @param names of what is waited for
 * @param sayWhy says why the wait ended before its goal
 * @throws Stopped
 */
export async function waitShown<T>(
  names: readonly string[],
  sayWhy: (error: unknown) => string,
  wait: (set: Display['set']) => Promise<T>,
): Promise<T> {
  const again = 'Nothing was undone; run the same command again to go on waiting.'
  const resources = names.map(name => ({ id: name, label: name }))
  const display = startDisplay(resources, env())
  const release = onInterrupt(() => {
    display.end()
    return `\ninterrupted while waiting. ${again}`
  })
  try {
    return await wait(display.set)
  } catch (error) {
    throw new Stopped(`${sayWhy(error)}\n${again}`)
  } finally {
    release()
    display.end()
  }
}

/** What is there in the middle of a run. What was asked for may still come to be. */
function sayInterrupted(display: Display, ended: readonly Outcome<AnyStep>[], total: number): string {
  display.end()
  const done = ended.flatMap(outcome =>
    outcome.end === 'done' ? [`${labelOf(outcome.step)}: ${sayDone(outcome.step, outcome.made)}`] : [],
  )
  const head = `\ninterrupted: ${done.length} of ${count(total, 'step')} done; those under way may still take effect.`
  return [
    head,
    ...done.map(line => `  ${line}`),
    'Nothing was undone; run the same command again to go on from there.',
  ].join('\n')
}

const doing = {
  create: 'creating',
  update: 'changing',
  launch: 'launching',
  replace: 'replacing',
  start: 'starting',
  delete: 'deleting',
} as const
const did = {
  create: 'created',
  update: 'changed',
  launch: 'launched',
  replace: 'replaced by',
  start: 'started',
  delete: 'deleted',
} as const

function labelOf(step: AnyStep): string {
  const { kind, name } = sayStep(step)
  return `${kind} ${name}`
}

function showOutcome(display: Display, outcome: Outcome<AnyStep>): void {
  const { id } = outcome.step
  if (outcome.end === 'failed') display.set(id, 'failed', 'failed')
  else if (outcome.end === 'not started') display.set(id, 'not started', 'not begun')
  else display.set(id, 'done', sayDone(outcome.step, outcome.made))
}

function sayDone({ action, name }: AnyStep, made: string): string {
  return action === 'delete' || action === 'start' || made === name ? did[action] : `${did[action]} ${made}`
}

/** Why something failed: in our words where we have some, else with the stack of the bug that it is. */
export function sayError(error: unknown, explain: Explain): string {
  const problem = explain(error)
  if (problem !== undefined) return sayProblem(problem)
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function sayHalfDone(outcomes: readonly Outcome<AnyStep>[]): string {
  const of = (end: string) => outcomes.filter(outcome => outcome.end === end).length
  const done = `${of('done')} of ${count(outcomes.length, 'step')} done, ${of('failed')} failed`
  return `stopped: ${done}, ${of('not started')} not begun. Nothing was undone; run the same command again to go on from there.`
}
