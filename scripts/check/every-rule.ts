import { rules } from '../cluster/rules/every-cluster-rule.ts'
import { flagRules } from '../inventory/rules/flag-rules.ts'
import { formRules } from '../inventory/rules/form-rules.ts'
import type { RuleText } from '../inventory/rules/rule.ts'
import { valueRules } from '../inventory/rules/value-rules.ts'
import { launchRules } from '../plan/rules.ts'
import { fitRules } from '../user-data/fit-rules.ts'

/** The texts of every rule, by code: errors first, then warnings. */
export const everyRule: readonly RuleText[] = [
  ...formRules,
  ...flagRules,
  ...valueRules,
  ...rules,
  ...launchRules,
  ...fitRules,
].toSorted((a, b) => (a.code < b.code ? -1 : 1))
