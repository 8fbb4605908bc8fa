import test from 'ava'
import { rules } from '../../scripts/roll/roll-rules.ts'
import { history, product } from './history.ts'

// The planner and the rules of the product, in random histories of a model of the cluster.

const histories = 10_000

test(`in ${histories} histories no rule is broken, and there is always a way forward`, t => {
  for (let seed = 1; seed <= histories; seed += 1) {
    const broken = history(seed, product)
    if (broken !== undefined) return t.fail(`seed ${seed}: ${broken}`)
  }
  t.pass()
})

test('find', t => {
  const variants = [
    ...rules.map(
      ({ name }) => [name, { ...product, rules: rules.filter(one => one.name !== name) }] as const,
    ),
    ['fresh', { ...product, fresh: false }] as const,
    ['locks', { ...product, locks: false }] as const,
    ['terminates first', { ...product, terminatesFirst: false }] as const,
  ]
  for (const [name, habits] of variants) {
    let found = ''
    for (let seed = 1; seed <= 5000 && found === ''; seed += 1) {
      const broken = history(seed, habits)
      if (broken !== undefined) found = `${seed}: ${broken.slice(0, 80)}`
    }
    t.log(name, '->', found)
  }
  t.pass()
})
