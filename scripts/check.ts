import { commandLine } from './check/command-line.ts'
import { everyRule } from './check/every-rule.ts'
import { type Inspected, inspect } from './check/inspect.ts'
import { sarifOf } from './check/sarif.ts'
import { sayProblems } from './check/say-problems.ts'
import { defineCommand } from './cli/command.ts'
import { fitOption, inventoryOptions, overrideOptions, targetOptions } from './cli/common-options.ts'
import { readInventory } from './cli/inventory-file.ts'
import { env, isProgram, main, print, printJson, say } from './cli/main.ts'
import { choice, flag, naming, operands } from './cli/options.ts'
import { overridesOf } from './cli/override-options.ts'
import { severityOf } from './inventory/problems.ts'
import { count } from './plan/words.ts'
import { budgetsOf, sayBudgets } from './show/say-budget.ts'
import { styleFor } from './show/style.ts'
import { fileOf } from './user-data/blame.ts'
import { loadTemplates } from './user-data/load-templates.ts'
import { readTemplates } from './user-data/template-files.ts'

export const command = defineCommand({
  name: 'check',
  summary: 'check inventories and report all problems',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    ...fitOption,
    strict: flag('treat warnings as errors'),
    format: choice('FORMAT', ['text', 'json', 'sarif'], 'output format: text, json or sarif'),
    files: naming('files', operands('FILE', 'inventories to check, instead of --inventory')),
  },
  rules: [{ option: 'json', conflictsWith: 'format', unless: 'json' }],
  examples: [
    ['', 'check inventory.yaml'],
    ['prod.yaml test.yaml --strict', 'check two inventories'],
    ['--leaders 5 --format sarif', 'print SARIF for 5 leaders'],
  ],
  run: async given => {
    const format = given.json ? 'json' : given.format
    const overrides = overridesOf(given)
    const sources = readTemplates()
    const workshop = { sources, templates: loadTemplates() }
    const files = [given.inventory ?? [], given.files].flat()
    const all = (files.length === 0 ? [undefined] : files).map(file =>
      inspect({ file: file ?? 'inventory.yaml', read: () => readSaying(file) }, overrides, workshop),
    )
    const problems = all.flatMap(one => one.problems)
    if (format === 'sarif') printJson(sarifOf(problems, everyRule))
    else if (format === 'json') printJson(all.map(asJson))
    else for (const one of all) sayInspected(one, sources)
    const fails = problems.some(one => given.strict || severityOf(one) === 'error')
    if (fails) process.exitCode = 1
  },
})

function readSaying(named: string | undefined) {
  const read = readInventory(named, env())
  if (read.isExample) say(`inventory.yaml not found; using ${read.file}`)
  return read
}

function asJson({ file, problems, cluster, userData }: Inspected) {
  return {
    file,
    problems: problems.map(problem => ({ severity: severityOf(problem), ...problem })),
    userData: cluster === undefined ? [] : budgetsOf(cluster, userData),
  }
}

function sayInspected(
  { file, source, problems, cluster, userData }: Inspected,
  sources: Readonly<Record<string, string>>,
) {
  if (problems.length > 0) {
    const called = commandLine('check', process.argv.slice(2))
    const others = Object.entries(sources).map(([name, text]) => ({ file: fileOf(name), text }))
    const shown = { source, others, called, style: styleFor(process.stdout, env()) }
    print(`${sayProblems(problems, shown)}\n`)
  }
  const errors = problems.filter(problem => severityOf(problem) === 'error').length
  const said = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(problems.length > errors ? [count(problems.length - errors, 'warning')] : []),
  ]
  print(`${file}: ${said.length === 0 ? 'no problems found' : said.join(', ')}`)
  if (cluster !== undefined) print(`\n${sayBudgets(budgetsOf(cluster, userData))}\n`)
}

if (isProgram(import.meta.url)) await main(command)
