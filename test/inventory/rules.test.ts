import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { everyRule } from '../../scripts/check/every-rule.ts'
import { inspect } from '../../scripts/check/inspect.ts'
import { severityOf } from '../../scripts/inventory/problems.ts'
import type { RuleText } from '../../scripts/inventory/rules/rule.ts'

const codesIn = (text: string) =>
  inspect(
    { file: 'inventory.yaml', read: () => ({ file: 'inventory.yaml', text }) },
    {
      value: { vars: {} },
      problems: [],
    },
  ).problems

test('every rule has a code of its own, a sentence and a reason', t => {
  const codes = everyRule.map(({ code }) => code)
  t.is(new Set(codes).size, codes.length)
  for (const { code, sentence, why } of everyRule) {
    t.regex(code, /^[EW]\d{3}$/)
    t.regex(sentence, /^[A-Z].*\.$/, code)
    t.regex(why, /^[A-Z].*[.)]$/, code)
  }
})

test('every code that the product knows how to say is a rule', t => {
  const files = readdirSync('scripts', { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.ts'),
  )
  const texts = files.map(file => readFileSync(`scripts/${file}`, 'utf8')).join('\n')
  const said = new Set([...texts.matchAll(/code: '([EW]\d{3})'/g)].map(([, code]) => code))
  t.deepEqual([...said].sort(), everyRule.map(({ code }) => code).toSorted())
})

const withExample = everyRule.filter((rule): rule is RuleText & { example: string } => 'example' in rule)

for (const { code, example } of withExample) {
  test(`the example of ${code} breaks ${code}, and nothing else`, t => {
    const problems = codesIn(`${example}\n`)
    t.true(problems.some(problem => problem.code === code))
    t.deepEqual(
      problems.filter(problem => problem.code !== code && severityOf(problem) === 'error'),
      [],
    )
  })
}
