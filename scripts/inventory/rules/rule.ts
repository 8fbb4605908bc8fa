import type { Code, Problem } from '../problems.ts'

/** What is said of a rule, by docs/problems.md and `npm run explain`. */
export interface RuleText {
  readonly code: Code
  /** What must be so. */
  readonly sentence: string
  /** What would happen otherwise. */
  readonly why: string
  /** An inventory that breaks the rule, if an inventory alone can. */
  readonly example?: string
}

/** What a rule found, before its code is put on it. */
export type Finding = Omit<Problem, 'code'>
