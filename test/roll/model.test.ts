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
const needed: Readonly<Record<string, readonly [seed: number, broken: RegExp]>> = {
  'a seat has exactly one machine': [2, /^no way forward/],
  'the other leaders keep every quorum': [631, /takes a quorum away$/],
  'all gates are green between two seats': [29, /is terminated while another leader is not healthy$/],
  'the elected leader is last': [1, /is elected and terminated before the others$/],
  'a canary is registered before its settings are used': [
    3,
    /^the settings of a canary that is not registered/,
  ],
  'started machines are registered before others are terminated': [
    5,
    /^only 3 of 4 followers are registered$/,
  ],
  'terminated machines have ended before others are terminated': [1, /^only 0 of 10 tasks keep running$/],
  'enough tasks keep running': [1, /^only 0 of 10 tasks keep running$/],
}

for (const { name } of rules) {
  test(`a history that needs the rule: ${name}`, t => {
    const [seed, broken] = needed[name] ?? [0, /^$/]
    const without = { ...product, rules: rules.filter(rule => rule.name !== name) }
    t.regex(history(seed, without) ?? 'nothing', broken)
    t.is(history(seed, product), undefined)
  })
}

/** The same for what the product does around the planner. */
const habits: readonly (readonly [name: string, Partial<Habits>, seed: number, broken: RegExp])[] = [
  [
    'reports count only if they are newer than the last step',
    { fresh: false },
    6,
    /another leader is not healthy$/,
  ],
  ['only one operator rolls at a time', { locks: false }, 5_650, /^no way forward/],
  [
    'a machine is terminated before its seat is launched',
    { terminatesFirst: false },
    1,
    /^\d masters of \d$/,
  ],
]

for (const [name, without, seed, broken] of habits) {
  test(`a history that needs this: ${name}`, t => {
    t.regex(history(seed, { ...product, ...without }) ?? 'nothing', broken)
    t.is(history(seed, product), undefined)
  })
}
