import test from 'ava'
import { resizeRules } from '../../scripts/roll/resize-rules.ts'
import { history } from './resize-history.ts'

// The rules for changing the number of leaders, in random histories of a model of the leaders.

const histories = 10_000

test(`in ${histories} histories nothing is broken, and there is always a way forward`, t => {
  for (let seed = 1; seed <= histories; seed += 1) {
    const broken = history(seed, resizeRules)
    if (broken !== undefined) return t.fail(`seed ${seed}: ${broken}`)
  }
  t.pass()
})

/** For rules of the planner, a history that needs them. test/roll/resize.test.ts shows what each rule prevents. */
const needed: readonly (readonly [rule: string, seed: number, broken: RegExp])[] = [
  ['all gates are green between two leaders', 1, /^seat-3 is taken while seat-2 is down$/],
  ['surplus leaders have ended before a quorum is lowered', 5_412, /^the logs diverge/],
  ['a leader is added only to a quorum of masters with its quorum', 97, /^no way forward/],
  ['the elected leader is last', 1, /^seat-1 is elected and taken first$/],
]

for (const [name, seed, broken] of needed) {
  test(`a history that needs the rule: ${name}`, t => {
    const without = resizeRules.filter(rule => rule.name !== name)
    t.is(without.length, resizeRules.length - 1)
    t.regex(history(seed, without) ?? 'nothing', broken)
    t.is(history(seed, resizeRules), undefined)
  })
}
