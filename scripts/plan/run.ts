import type { Step } from './step.ts'

/** The outcome of a step. */
export type Outcome<S> =
  | { readonly step: S; readonly end: 'done'; readonly made: string }
  | { readonly step: S; readonly end: 'failed'; readonly error: unknown }
  | { readonly step: S; readonly end: 'not started' }

/** What a run reports while it is in progress. */
export type StepEvent<S> =
  | { readonly at: 'started'; readonly step: S }
  | { readonly at: 'ended'; readonly outcome: Outcome<S> }

/** Carries out a step and returns the ID of the result; `made` contains the results of the steps that it needs. */
export type Act<S> = (step: S, made: ReadonlyMap<string, string>) => Promise<string>

/**
 * Runs every step as soon as the steps that it needs are done. After a failure, only steps that must be recorded
 * regardless are still started, and running steps are completed, so that the outcomes include everything that exists.
 */
export async function runSteps<S extends Pick<Step, 'id' | 'needs' | 'afterFailure'>>(
  steps: readonly S[],
  act: Act<S>,
  tell: (event: StepEvent<S>) => void,
): Promise<readonly Outcome<S>[]> {
  const made = new Map<string, string>()
  const runs = new Map<string, Promise<Outcome<S>>>()
  let failed = false

  const run = async (step: S): Promise<Outcome<S>> => {
    await Promise.all(step.needs.map(id => runs.get(id)))
    const due = step.afterFailure === true && step.needs.every(id => made.has(id))
    if (failed && !due) return { step, end: 'not started' }
    tell({ at: 'started', step })
    try {
      const id = await act(step, made)
      made.set(step.id, id)
      return { step, end: 'done', made: id }
    } catch (error) {
      failed = true
      return { step, end: 'failed', error }
    }
  }

  for (const step of steps) {
    const running = run(step).then(outcome => {
      tell({ at: 'ended', outcome })
      return outcome
    })
    runs.set(step.id, running)
  }
  return Promise.all(runs.values())
}
