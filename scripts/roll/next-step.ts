import { candidates, type Scope } from './candidates.ts'
import type { Observed } from './observed.ts'
import { resizeRules } from './resize-rules.ts'
import {
  blockedBy,
  leaderGates,
  type Objection,
  poolRules,
  type Rule,
  rules as rollRules,
} from './roll-rules.ts'
import type { RollStep } from './roll-step.ts'

/** What a rolling update does next. */
export type Next =
  | { readonly is: 'done' }
  | { readonly is: 'step'; readonly step: RollStep }
  /** The step that must wait, and the reason. If it cannot pass, the update stops. */
  | { readonly is: 'blocked'; readonly step: RollStep | undefined; readonly by: Objection }

/**
 * Determines the next step of a rolling update from what was observed. There is no other state, so that an interrupted
 * update continues where it was.
 *
 * @param rules those of the product; others only to show what each rule prevents
 */
export function nextStep(
  observed: Observed,
  scope: Scope,
  rules: readonly Rule[] = observed.resize === undefined ? rollRules : [...resizeRules, ...poolRules],
): Next {
  let blocked: Next | undefined
  for (const step of candidates(observed, scope)) {
    const by = firstObjection(step, observed, scope, rules)
    if (by === undefined) return { is: 'step', step }
    blocked ??= { is: 'blocked', step, by }
  }
  if (blocked !== undefined) return blocked
  // Everything is changed. The update is done once the last node has come up.
  const by = blockedBy(scope.leaders ? observed.gates : leaderGates(observed.gates))
  return by === undefined ? { is: 'done' } : { is: 'blocked', step: undefined, by }
}

function firstObjection(
  step: RollStep,
  observed: Observed,
  scope: Scope,
  rules: readonly Rule[],
): Objection | undefined {
  for (const { objects } of rules) {
    const objection = objects(step, observed, scope)
    if (objection !== undefined) return objection
  }
  return undefined
}
