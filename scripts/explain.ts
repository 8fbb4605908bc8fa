import { everyRule } from './check/every-rule.ts'
import { said } from './check/problems-page.ts'
import { defineCommand } from './cli/command.ts'
import { inventoryOptions, overrideOptions } from './cli/common-options.ts'
import { readInventory } from './cli/inventory-file.ts'
import { env, isProgram, main, print, printJson } from './cli/main.ts'
import { requiredOperands, type Values } from './cli/options.ts'
import { overridesOf } from './cli/override-options.ts'
import { draftOf } from './cluster/draft.ts'
import { locator } from './inventory/locate.ts'
import { suggestion } from './inventory/nearest.ts'
import { parseInventory } from './inventory/parse.ts'
import { placeOf, Refused } from './inventory/problems.ts'
import type { RuleText } from './inventory/rules/rule.ts'
import { isVariable, type VariableName, variableNames } from './inventory/variables.ts'
import { saySettings, sayVariable, settingsOf } from './show/say-variable.ts'

export const command = defineCommand({
  name: 'explain',
  summary: 'explain a variable and where it is set, or a rule by its code',
  options: {
    ...inventoryOptions,
    ...overrideOptions,
    names: requiredOperands('NAME', 'variable or rule code'),
  },
  examples: [
    ['mesos_zk_dns', 'explain a variable'],
    ['E012', 'explain the rule behind a problem'],
  ],
  run: async given => {
    for (const name of given.names) explain(name, given)
  },
})

type Settings = Values<typeof inventoryOptions & typeof overrideOptions>

function explain(name: string, given: Settings): void {
  const rule = everyRule.find(({ code }) => code === name.toUpperCase())
  if (rule !== undefined) explainRule(rule, given)
  else if (isVariable(name)) explainVariable(name, given)
  else {
    const known = [...variableNames, ...everyRule.map(({ code }) => code)]
    const help = suggestion(name, known) ?? 'see docs/variables.md and docs/problems.md'
    throw new Refused([{ path: name, message: 'is neither a variable nor a rule code', help }])
  }
}

function explainRule(rule: RuleText, { json }: Settings): void {
  const { code, sentence, why, example } = rule
  if (json) printJson(rule)
  else print(`${code}: ${sentence}\n\n${why}`)
  if (!json && example !== undefined) print(`\nExample:\n\n${said(code, example)}`)
}

function explainVariable(name: VariableName, given: Settings): void {
  const source = readInventory(given.inventory, env())
  const draft = draftOf(parseInventory(source.text, source.file).value, overridesOf(given).value)
  const settings = settingsOf(draft, name)
  const positionIn = locator(source)
  const place = (path: string) => placeOf({ file: source.file, ...positionIn(path) })
  if (given.json) printJson({ name, settings })
  else print(`${sayVariable(name)}\n\nIn ${source.file}:\n\n${saySettings(settings, place)}`)
}

if (isProgram(import.meta.url)) await main(command)
