import type { Finding, RuleText } from '../../inventory/rules/rule.ts'
import type { Draft } from '../draft.ts'

/** A rule that reaches across parts of the inventory. */
export interface Rule extends RuleText {
  readonly check: (draft: Draft) => readonly Finding[]
}
