import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { inspect } from '../../scripts/check/inspect.ts'
import { type Problem, sayProblem, severityOf } from '../../scripts/inventory/problems.ts'
import { checkInventory, loadInventory, Refused, renderAs } from '../../scripts/library/mesos-bakery.ts'
import { readTemplates } from '../../scripts/user-data/template-files.ts'
import { templates } from '../harness/sample.ts'

const folder = 'test/cases/bad'
const base = readFileSync(join(folder, 'base.yaml'), 'utf8')
const inventories = readdirSync(folder)
  .filter(name => name.endsWith('.txt'))
  .map(name => {
    const [text = ''] = readFileSync(join(folder, name), 'utf8').split(/^\$ npm run check/m)
    return { file: name, text: text.replace('<base.yaml>\n', base) }
  })

const said = (problems: readonly Problem[]) => problems.map(one => `${one.code} ${sayProblem(one)}`)
const unset = { value: { vars: {} }, problems: [] }

test('the library reports exactly what check reports', t => {
  t.true(inventories.length > 100)
  for (const source of inventories) {
    const workshop = { templates, sources: readTemplates() }
    const { problems } = inspect({ file: source.file, read: () => source }, unset, workshop)
    t.deepEqual(said(checkInventory(source.text, { file: source.file })), said(problems), source.file)
    const isAccepted = problems.every(one => severityOf(one) === 'warning' || one.code === 'E060')
    const warnings: Problem[] = []
    const load = () =>
      loadInventory(source.text, { file: source.file, warn: warning => warnings.push(warning) })
    if (isAccepted) {
      t.notThrows(load, source.file)
      t.deepEqual(said(warnings), said(problems.filter(one => severityOf(one) === 'warning')), source.file)
    } else t.throws(load, { instanceOf: Refused }, source.file)
  }
})

test('the library reports warnings about parts', t => {
  const cluster = loadInventory('groups: { leaders: { vars: { mesos_mode: leader } } }')
  const part = { name: 'own.yaml', bytes: Buffer.from('#cloud-config\nsnap: { commands: [ls] }\n') }
  const warnings: Problem[] = []
  renderAs('mime', cluster, {
    nodes: ['cluster1-leader-1'],
    parts: [part],
    warn: warning => warnings.push(warning),
  })
  t.deepEqual(
    warnings.map(({ code, file, line }) => [code, file, line]),
    [['W012', 'own.yaml', 2]],
  )
})
