import { askToGoOn } from '../cli/ask.ts'
import { env, print, printJson, say } from '../cli/main.ts'
import { type Explain, runShown } from '../cli/run-shown.ts'
import type { Act } from '../plan/run.ts'
import { saySteps } from '../show/say-plan.ts'
import type { AnyStep } from '../show/say-step.ts'
import { columnsOf, styleFor } from '../show/style.ts'

export interface DestroyOptions {
  readonly json: boolean
  readonly dryRun: boolean
  readonly yes: boolean
}

/** What is to be deleted, where, and how. */
export interface Destruction<S extends AnyStep> {
  readonly steps: readonly S[]
  /** `in us-east-1, account 123456789012` */
  readonly place: string
  readonly act: Act<S>
  readonly explain: Explain
}

/** Lists what carries the tags of a cluster, asks, and deletes it. With `--dry-run` it only lists. */
export async function destroyShown<S extends AnyStep>(
  given: DestroyOptions,
  cluster: string,
  { steps, place, act, explain }: Destruction<S>,
): Promise<void> {
  const { dryRun } = given
  const tell = dryRun ? print : say
  if (given.json && (dryRun || steps.length === 0)) return printJson({ cluster, steps })
  if (steps.length === 0) return tell(`Nothing carries the tags of ${cluster} ${place}.`)

  const stream = dryRun ? process.stdout : process.stderr
  const list = saySteps(steps, styleFor(stream, env()), columnsOf(stream))
  tell([`${cluster} ${place}:`, '', ...list].join('\n'))
  if (dryRun) return
  await askToGoOn('\nDelete all of this?', given.yes)
  await runShown(steps, act, explain)
  if (given.json) printJson({ cluster, steps })
  else print(`${cluster} is destroyed.`)
}
