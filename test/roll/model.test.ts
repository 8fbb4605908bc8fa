import test from 'ava'
import { rules } from '../../scripts/roll/roll-rules.ts'
import { history, product } from './history.ts'
import type { Habits } from './operator.ts'

// The planner and the rules of the product, in random histories of a model of the cluster.

const histories = 10_000

test(`in ${histories} histories no rule is broken, and there is always a way forward`, t => {
  for (let seed = 1; seed <= histories; seed += 1) {
    const broken = history(seed, product)
    if (broken !== undefined) return t.fail(`seed ${seed}: ${broken}`)
  }
  t.pass()
})

/** For each rule of the planner, a history that needs it. */
const needed: Readonly<Record<string, readonly [seed: number, broken: RegExp]>> = {}

for (const { name } of rules) {
  test(`a history that needs the rule: ${name}`, t => {
    const [seed, broken] = needed[name] ?? [0, /^$/]
    const without = { ...product, rules: rules.filter(rule => rule.name !== name) }
    t.regex(history(seed, without) ?? 'nothing', broken)
    t.is(history(seed, product), undefined)
  })
}

/** The same for what the product does around the planner. */
const habits: readonly (readonly [name: string, Partial<Habits>, seed: number, broken: RegExp])[] = []

for (const [name, without, seed, broken] of habits) {
  test(`a history that needs this: ${name}`, t => {
    t.regex(history(seed, { ...product, ...without }) ?? 'nothing', broken)
    t.is(history(seed, product), undefined)
  })
}
