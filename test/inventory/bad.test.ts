import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { commandLine } from '../../scripts/check/command-line.ts'
import { inspect } from '../../scripts/check/inspect.ts'
import { sayProblems } from '../../scripts/check/say-problems.ts'
import { readInventory } from '../../scripts/cli/inventory-file.ts'
import { linesOf } from '../../scripts/inventory/source.ts'
import { styleFor } from '../../scripts/show/style.ts'
import { inFolder } from '../bench/folder.ts'
import { type BadCase, badCases, compareWithFile } from '../harness/cases.ts'
import { run } from '../harness/command.ts'

const file = 'inventory.yaml'
const shown = { called: commandLine('check', []), style: styleFor({}, {}) }

function printedOf(text: string): string {
  const read = () => ({ file, text })
  const { source, problems } = inspect({ file, read }, { value: { vars: {} }, problems: [] })
  return `${sayProblems(problems, { source, ...shown })}\n`
}

for (const { name, file: golden, head, inventory } of badCases) {
  test(`${name}: messages and their places`, t => {
    compareWithFile(t, golden, `${head}${printedOf(inventory)}`)
  })
}

test('a byte order mark and Windows line endings make no difference', t =>
  inFolder(folder => {
    const path = join(folder, file)
    for (const { name, inventory } of badCases) {
      writeFileSync(path, `\ufeff${inventory.replaceAll('\n', '\r\n')}`)
      t.is(printedOf(readInventory(path, {}).text), printedOf(inventory), name)
    }
  }))

/** A problem in the output of `check --json`. */
interface Told {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly path: string
  readonly message: string
  readonly help?: string
  readonly file: string
  readonly line: number
  readonly column: number
  readonly length: number
}

test('text, JSON and SARIF report the same problems at the same places', t =>
  inFolder(async folder => {
    const files = badCases.map(({ name, inventory }) => {
      const path = join(folder, `${name}.yaml`)
      writeFileSync(path, inventory)
      return path
    })
    const runs = [[], ['--json'], ['--format', 'sarif']].map(options => run('check', [...files, ...options]))
    const ran = await Promise.all(runs)
    for (const { code, stderr } of ran) t.deepEqual({ code, stderr }, { code: 1, stderr: '' })
    const [text = '', json = '', sarif = ''] = ran.map(({ stdout }) => stdout)
    const found = JSON.parse(json) as readonly { file: string; problems: readonly Told[] }[]
    t.deepEqual(
      found.map(one => one.file),
      files,
    )
    for (const [index, { problems }] of found.entries()) {
      const { name, inventory } = badCases[index] as BadCase
      const expected = printedOf(inventory).replaceAll(`${file}:`, `${files[index]}:`)
      t.true(text.includes(expected), name)
      t.deepEqual(problems.map(headOf), expected.match(/^\w+: .*\]$/gm), name)
      t.deepEqual(problems.map(helpOf), helpsIn(expected), name)
      for (const problem of problems) {
        t.is(problem.severity, problem.code.startsWith('W') ? 'warning' : 'error', name)
        t.true(isInside(inventory, problem), `${name}: ${problem.path}`)
      }
    }
    const [{ tool, results }] = JSON.parse(sarif).runs
    const all = found.flatMap(({ problems }) => problems)
    t.deepEqual(results, all.map(resultOf))
    const ids = tool.driver.rules.map(({ id }: { id: string }) => id)
    t.deepEqual(ids, [...new Set(all.map(({ code }) => code))].sort())
    t.is(JSON.parse(sarif).version, '2.1.0')
  }))

function headOf({ severity, file, line, column, path, message, code }: Told): string {
  return `${severity}: ${[file, line, column].join(':')}: ${path === '' ? '' : `${path}: `}${message} [${code}]`
}

const helpOf = ({ help = '' }: Told) => help

/** The texts next to the carets. */
function helpsIn(printed: string): readonly string[] {
  return [...printed.matchAll(/^ +\| [\s…]*\^+ ?(.*)$/gm)].map(([, help = '']) => help)
}

/** Whether a problem marks existing characters, or the end of a line. */
function isInside(inventory: string, { line, column, length }: Told): boolean {
  const characters = [...(linesOf(inventory)[line - 1] ?? '')].length
  return column >= 1 && length >= 1 && column - 1 + length <= Math.max(1, characters)
}

/** The representation of a problem in SARIF. */
function resultOf({ code, severity, path, message, help, file, line, column, length }: Told) {
  const sentence = help === undefined ? message : `${message}; ${help}`
  const region = { startLine: line, startColumn: column, endColumn: column + length }
  return {
    ruleId: code,
    level: severity,
    message: { text: path === '' ? sentence : `${path}: ${sentence}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region } }],
  }
}
