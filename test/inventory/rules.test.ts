import test from 'ava'
import { everyRule } from '../../scripts/check/every-rule.ts'
import { inspect } from '../../scripts/check/inspect.ts'
import { type Code, codes, severityOf } from '../../scripts/inventory/problems.ts'
import type { RuleText } from '../../scripts/inventory/rules/rule.ts'
import { badCases } from '../harness/cases.ts'

const file = 'inventory.yaml'
const problemsIn = (text: string) =>
  inspect({ file, read: () => ({ file, text }) }, { value: { vars: {} }, problems: [] }).problems

test('every code has one rule, with a requirement and a reason', t => {
  t.deepEqual(
    everyRule.map(({ code }) => code),
    codes,
  )
  for (const { code, sentence, why } of everyRule) {
    t.regex(sentence, /^[A-Z`].*\.$/, code)
    t.regex(why, /^[A-Z].*[.)]$/, code)
  }
})

// Rules that only options (E016), a target (E05x, E105), the rendered user data (E060, E061) or a very long value (E104) can
// break.
const beyondInventories: readonly Code[] = [
  'E016',
  'E050',
  'E051',
  'E052',
  'E053',
  'E054',
  'E060',
  'E061',
  'E104',
  'E105',
  'E113',
  'W034',
  'W035',
]

test('every code that an inventory can cause occurs in a case of test/cases/bad', t => {
  const said = new Set(badCases.flatMap(({ inventory }) => problemsIn(inventory).map(({ code }) => code)))
  t.deepEqual(
    codes.filter(code => !said.has(code)),
    beyondInventories,
  )
})

const withExample = everyRule.filter((rule): rule is RuleText & { example: string } => 'example' in rule)

for (const { code, example } of withExample) {
  test(`the example of ${code} causes ${code}, and nothing else`, t => {
    const problems = problemsIn(`${example}\n`)
    t.true(problems.some(problem => problem.code === code))
    t.deepEqual(
      problems.filter(problem => problem.code !== code && severityOf(problem) === 'error'),
      [],
    )
  })
}
