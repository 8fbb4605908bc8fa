import { everyRule } from './check/every-rule.ts'
import { said } from './check/problems-page.ts'
import { readInventory } from './cli/inventory-file.ts'
import { type Command, env, main, print, printJson } from './cli/main.ts'
import { type Given, inventoryOptions, Misused, overrideOptions, textOf } from './cli/options.ts'
import { overridesOf } from './cli/override-options.ts'
import { draftOf } from './cluster/draft.ts'
import { locator } from './inventory/locate.ts'
import { suggestion } from './inventory/nearest.ts'
import { parseInventory } from './inventory/parse.ts'
import { placeOf, Refused } from './inventory/problems.ts'
import type { RuleText } from './inventory/rules/rule.ts'
import { isVariable, type VariableName, variableNames } from './inventory/variables.ts'
import { saySettings, sayVariable, settingsOf } from './show/say-variable.ts'

const command: Command = {
  name: 'explain',
  summary: 'Explains a variable and where the inventory sets it, or the rule behind a code.',
  operands: 'NAME',
  options: { ...inventoryOptions, ...overrideOptions },
  examples: [
    ['mesos_zk_dns', 'a variable'],
    ['E012', 'a rule, by the code beside a problem'],
  ],
  run: async given => {
    const names = [given.NAME ?? []].flat().map(String)
    if (names.length === 0) throw new Misused('say what: the name of a variable, or the code of a rule')
    for (const name of names) explain(name, given)
  },
}

function explain(name: string, given: Given): void {
  const rule = everyRule.find(({ code }) => code === name.toUpperCase())
  if (rule !== undefined) explainRule(rule, given)
  else if (isVariable(name)) explainVariable(name, given)
  else {
    const known = [...variableNames, ...everyRule.map(({ code }) => code)]
    const help = suggestion(name, known) ?? 'docs/variables.md and docs/problems.md list them'
    throw new Refused([{ path: name, message: 'is no variable and no code of a rule', help }])
  }
}

function explainRule(rule: RuleText, given: Given): void {
  const { code, sentence, why, example } = rule
  if (given.json === true) printJson(rule)
  else print(`${code}: ${sentence}\n\n${why}`)
  if (given.json !== true && example !== undefined) print(`\nFor example:\n\n${said(code, example)}`)
}

function explainVariable(name: VariableName, given: Given): void {
  const source = readInventory(textOf(given, 'inventory'), env())
  const draft = draftOf(parseInventory(source.text, source.file).value, overridesOf(given).value)
  const settings = settingsOf(draft, name)
  const positionIn = locator(source)
  const place = (path: string) => placeOf({ file: source.file, ...positionIn(path) })
  if (given.json === true) printJson({ name, settings })
  else print(`${sayVariable(name)}\n\nIn ${source.file}:\n\n${saySettings(settings, place)}`)
}

await main(command)
