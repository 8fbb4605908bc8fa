import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { commandLine } from '../../scripts/check/command-line.ts'
import { inspect } from '../../scripts/check/inspect.ts'
import { sayProblems } from '../../scripts/check/say-problems.ts'
import { readInventory } from '../../scripts/cli/inventory-file.ts'
import { severityOf } from '../../scripts/inventory/problems.ts'
import { styleFor } from '../../scripts/show/style.ts'
import { compareWithFile } from '../harness/cases.ts'
import { run } from '../harness/command.ts'

const folder = 'test/cases/bad'
const names = readdirSync(folder).sort()
const shown = { called: commandLine('check', []), style: styleFor({}, {}) }

const inspected = (name: string) => {
  const read = () => ({ ...readInventory(`${folder}/${name}/inventory.yaml`, {}), file: 'inventory.yaml' })
  return inspect({ file: name, read }, { value: { vars: {} }, problems: [] })
}

test('there are bad inventories to look at', t => {
  t.true(names.length >= 60)
})

for (const name of names) {
  test(`${name}: what is said, and where`, t => {
    const { source, problems } = inspected(name)
    compareWithFile(t, `${folder}/${name}/expected.txt`, `${sayProblems(problems, { source, ...shown })}\n`)
    const data = problems.map(problem => ({ severity: severityOf(problem), ...problem }))
    compareWithFile(t, `${folder}/${name}/expected.json`, `${JSON.stringify(data, null, 2)}\n`)
    t.true(problems.length > 0)
    for (const { code, file, line, column } of problems) t.truthy(code && file && line && column)
  })
}

test('one run prints them all, in text, as data and as SARIF', async t => {
  const files = names.map(name => `${folder}/${name}/inventory.yaml`)
  const [text, json, sarif] = await Promise.all([
    run('check', files),
    run('check', [...files, '--json']),
    run('check', [...files, '--format', 'sarif']),
  ])
  for (const { code, stderr } of [text, json, sarif]) t.deepEqual({ code, stderr }, { code: 1, stderr: '' })
  const found = JSON.parse(json.stdout) as { file: string; problems: { code: string; line: number }[] }[]
  t.deepEqual(
    found.map(({ file }) => file),
    files,
  )
  const all = found.flatMap(({ problems }) => problems)
  const { results } = JSON.parse(sarif.stdout).runs[0]
  t.deepEqual(
    results.map((result: { ruleId: string }) => result.ruleId),
    all.map(({ code }) => code),
  )
  for (const { code } of all) t.true(text.stdout.includes(`[${code}]`))
  for (const name of names) {
    const said = readFileSync(`${folder}/${name}/expected.txt`, 'utf8').replaceAll(
      'inventory.yaml:',
      `${folder}/${name}/inventory.yaml:`,
    )
    t.true(text.stdout.includes(said), name)
  }
})
