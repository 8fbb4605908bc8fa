import { NotUp } from '../health/health.ts'
import { sayProblem } from '../inventory/problems.ts'
import type { Outcome } from '../plan/run.ts'
import type { Step } from '../plan/step.ts'
import { count } from '../plan/words.ts'
import { type Display, startDisplay } from '../show/display.ts'
import { type SayCauses, sayClosed } from '../show/say-health.ts'
import type { Explain, Proposal, Rollout, View } from '../targets/target.ts'
import { onInterrupt } from './interrupt.ts'
import { env, Stopped, say } from './main.ts'

type Outcomes = readonly Outcome<Step>[]

/**
 * Carries out the steps of a proposal and shows their progress.
 *
 * @throws Stopped after reporting what exists, what failed and why, and what was not started
 */
export async function runShown({ steps, run, explain }: Proposal): Promise<Outcomes> {
  const display = startDisplay(
    steps.map(step => ({ id: step.id, label: labelOf(step) })),
    env(),
  )
  const ended: Outcome<Step>[] = []
  const release = onInterrupt(() => sayInterrupted(display, ended, steps.length))
  const outcomes = await run(event => {
    if (event.at === 'started') display.set(event.step.id, 'in progress', doing[event.step.action])
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
 * Waits until a cluster is healthy, and shows the progress.
 *
 * @param outcomes of the steps
 * @param timeout in milliseconds
 * @param causesOf describes the settings that the logs of failed units name
 * @throws Stopped after reporting why it is not healthy
 */
export async function waitShown(
  { awaited, wait, explain }: Rollout,
  outcomes: Outcomes,
  timeout: number,
  causesOf: SayCauses,
): Promise<View> {
  const again = 'Nothing was rolled back; run the same command again to keep waiting.'
  const display = startDisplay(
    awaited.map(name => ({ id: name, label: name })),
    env(),
  )
  const release = onInterrupt(() => {
    display.end()
    return `\ninterrupted while waiting. ${again}`
  })
  try {
    return await wait(outcomes, timeout, ({ name, state, detail }) => display.set(name, state, detail))
  } catch (error) {
    throw new Stopped(
      `${error instanceof NotUp ? sayClosed(error, causesOf) : sayError(error, explain)}\n${again}`,
    )
  } finally {
    release()
    display.end()
  }
}

/** What exists in the middle of a run. Running steps may still create resources. */
function sayInterrupted(display: Display, ended: Outcomes, total: number): string {
  display.end()
  const done = ended.flatMap(outcome =>
    outcome.end === 'done' ? [`${labelOf(outcome.step)}: ${sayDone(outcome.step, outcome.made)}`] : [],
  )
  const head = `\ninterrupted: ${done.length} of ${count(total, 'step')} completed; steps in progress may still take effect.`
  return [
    head,
    ...done.map(line => `  ${line}`),
    'Nothing was rolled back; run the same command again to resume.',
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

function labelOf({ says, name }: Step): string {
  return `${says.title} ${name}`
}

function showOutcome(display: Display, outcome: Outcome<Step>): void {
  const { id } = outcome.step
  if (outcome.end === 'failed') display.set(id, 'failed', 'failed')
  else if (outcome.end === 'not started') display.set(id, 'not started', 'not started')
  else display.set(id, 'done', sayDone(outcome.step, outcome.made))
}

function sayDone({ action, name }: Step, made: string): string {
  return action === 'delete' || action === 'start' || made === name ? did[action] : `${did[action]} ${made}`
}

/** Why something failed: an explanation if there is one, otherwise the stack, because it is a bug. */
function sayError(error: unknown, explain: Explain): string {
  const problems = explain(error)
  if (problems !== undefined) return problems.map(sayProblem).join('\n')
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function sayHalfDone(outcomes: Outcomes): string {
  const of = (end: string) => outcomes.filter(outcome => outcome.end === end).length
  const done = `${of('done')} of ${count(outcomes.length, 'step')} completed, ${of('failed')} failed`
  return `stopped: ${done}, ${of('not started')} not started. Nothing was rolled back; run the same command again to resume.`
}
