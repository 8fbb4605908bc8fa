import test from 'ava'
import { inspect } from '../../scripts/check/inspect.ts'
import { type Problem, severityOf } from '../../scripts/inventory/problems.ts'
import { linesOf } from '../../scripts/inventory/source.ts'
import { badCases } from '../harness/cases.ts'

const file = 'inventory.yaml'
const problemsIn = (text: string) =>
  inspect({ file, read: () => ({ file, text }) }, { value: { vars: {} }, problems: [] }).problems

// The suggested replacement for the marked text, by the wording of suggestions.
const ways: readonly RegExp[] = [
  /^did you mean "(.+)"\?$/,
  /^(?:write|use) ("[^"]*"|\[[^\]]*\]|[\w/.-]+)$/,
  /^use (\d+) or (?:\d+|more)$/,
  /^choose .*, such as (\S+)$/,
  /^choose a port from (\d+)/,
]

// Help texts that look like a value but are not.
const words = new Set(['use spaces', 'use users and groups'])

function suggestedIn({ help = '' }: Problem, marked: string): string | undefined {
  if (words.has(help)) return undefined
  const [, without] = /^remove (".*")$/.exec(help) ?? []
  if (without !== undefined) return marked.replaceAll(JSON.parse(without), '')
  return ways.map(way => way.exec(help)?.[1]).find(text => text !== undefined)
}

function applied(text: string, problem: Problem, write: (marked: string) => string | undefined) {
  const { line = 1, column = 1, length = 1 } = problem
  const characters = [...(linesOf(text)[line - 1] ?? '')]
  const marked = characters.slice(column - 1, column - 1 + length).join('')
  const instead = write(marked)
  if (instead === undefined) return undefined
  const quote = /^["']/.exec(marked)?.[0] ?? ''
  const quoted =
    /^["'[]/.test(instead) || problem.help?.startsWith('remove') ? instead : `${quote}${instead}${quote}`
  characters.splice(column - 1, length, quoted)
  return linesOf(text)
    .with(line - 1, characters.join(''))
    .join('\n')
}

let tried = 0

for (const { name, inventory } of badCases) {
  test(`${name}: suggestions are accepted`, t => {
    t.pass()
    for (const problem of problemsIn(inventory)) {
      const mended = applied(inventory, problem, marked => suggestedIn(problem, marked))
      if (mended === undefined) continue
      tried += 1
      const { line, column, code, message, help } = problem
      const left = problemsIn(mended).filter(
        one => one.line === line && one.column === column && severityOf(one) === 'error',
      )
      t.deepEqual(left, [], `${code} ${message}; ${help}\n${mended}`)
    }
  })
}

test.after('some suggestions were tested', t => {
  t.log(`${tried} suggestions were applied`)
  t.true(tried > 30)
})
