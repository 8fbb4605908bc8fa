import { checkFields, type Mapping, type Outcome } from './check-fields.ts'
import { secondsOf } from './durations.ts'
import { drainFields } from './fields.ts'
import { Path } from './problem-path.ts'
import type { Problem } from './problems.ts'

/** How followers are drained before they end, in seconds. */
export interface DrainSettings {
  /** How long a task may take to stop before it is killed. */
  readonly grace: number
  /** When the machine ends even if tasks still run. */
  readonly timeout: number
}

/** The settings of an inventory without `drain`. */
const drainDefaults: DrainSettings = { grace: 30, timeout: 900 }

/** Checks what an inventory says about draining. */
export function checkDrain(given: Mapping | undefined): Outcome<DrainSettings> {
  const { value, problems } = checkFields(drainFields, given ?? {}, Path.inInventory('drain'))
  const grace = value.grace === undefined ? drainDefaults.grace : secondsOf(value.grace)
  const timeout = value.timeout === undefined ? drainDefaults.timeout : secondsOf(value.timeout)
  const tooLong = problems.length === 0 && grace > timeout
  return {
    value: { grace, timeout },
    problems: tooLong ? [...problems, longerThan(value)] : problems,
  }
}

function longerThan({ grace, timeout }: { readonly grace?: string; readonly timeout?: string }): Problem {
  const path = Path.inInventory('drain', timeout === undefined ? 'grace' : 'timeout')
  const known =
    timeout === undefined
      ? `must be at most the timeout, which is ${drainDefaults.timeout}s by default`
      : `must be at least the grace period, which is ${grace ?? `${drainDefaults.grace}s by default`}`
  return { code: 'E117', path, message: known, help: 'increase the timeout, or decrease the grace period' }
}
