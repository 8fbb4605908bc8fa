import { everyRule } from './check/every-rule.ts'
import { said } from './check/problems-page.ts'
import { defineCommand } from './cli/command.ts'
import { inventoryOptions, overrideOptions } from './cli/common-options.ts'
import { readInventory } from './cli/inventory-file.ts'
import { env, isProgram, main, print, printJson } from './cli/main.ts'
import { naming, requiredOperands, type Values } from './cli/options.ts'
import { overridesOf } from './cli/override-options.ts'
import { draftOf } from './cluster/draft.ts'
import { type CauseText, everyCause } from './doctor/every-cause.ts'
import { everyFlagName, type FlagFacts, flagsNamed } from './inventory/flags.ts'
import { type Key, keyNames, keysNamed } from './inventory/keys.ts'
import { locator } from './inventory/locate.ts'
import { suggestion } from './inventory/nearest.ts'
import { parseInventory } from './inventory/parse.ts'
import { Path } from './inventory/problem-path.ts'
import { placeOf, Refused } from './inventory/problems.ts'
import type { RuleText } from './inventory/rules/rule.ts'
import { isVariable, type VariableName, variableNames } from './inventory/variables.ts'
import { flagSettings, sayFlag } from './show/say-flag.ts'
import { sayKey, saySettings, sayVariable, settingsOf } from './show/say-variable.ts'

export const command = defineCommand({
  name: 'explain',
  summary: 'explain a variable, a key, a flag, a rule or a finding',
  options: {
    ...inventoryOptions,
    ...overrideOptions,
    names: naming('explained', requiredOperands('NAME', 'variable, key, flag, or code of a rule or finding')),
  },
  examples: [
    ['mesos_zk_dns', 'explain a variable'],
    ['offer_timeout', 'explain a flag'],
    ['E012', 'explain the rule behind a problem'],
    ['D021', 'explain a finding of doctor'],
  ],
  run: async given => {
    for (const name of given.names) explain(name, given)
  },
})

type Settings = Values<typeof inventoryOptions & typeof overrideOptions>

function explain(name: string, given: Settings): void {
  const rule = everyRule.find(({ code }) => code === name.toUpperCase())
  const cause = everyCause.find(({ code }) => code === name.toUpperCase())
  const last = name.split('.').at(-1) ?? name
  if (rule !== undefined) explainRule(rule, given)
  else if (cause !== undefined) explainCause(cause, given)
  else if (isVariable(last)) explainVariable(last, given)
  else explainOthers(name, last, given)
}

/** Explains every key and every flag with a name. A path through a map of options selects the daemon. */
function explainOthers(name: string, last: string, given: Settings): void {
  const keys = keysNamed(name)
  const flags = flagsNamed(last).filter(({ variable }) => last === name || name.split('.').includes(variable))
  if (keys.length === 0 && flags.length === 0) throw unknown(name)
  if (given.json) explainAsJson(keys, flags, given)
  else print([...keys.map(sayKey), ...flags.map(flag => explainFlag(flag, given))].join('\n\n'))
}

function unknown(name: string): Refused {
  const codes = [...everyRule, ...everyCause].map(({ code }) => code)
  const known = [...variableNames, ...keyNames, ...codes, ...everyFlagName]
  const help = suggestion(name, known) ?? 'see docs/variables.md, docs/problems.md and docs/findings.md'
  const message = 'is not a variable, an inventory key, a flag of Mesos or Marathon, or a code'
  return new Refused([{ path: Path.outside(name), message, help }])
}

function explainRule(rule: RuleText, { json }: Settings): void {
  const { code, sentence, why, example } = rule
  if (json) printJson(rule)
  else print(`${code}: ${sentence}\n\n${why}`)
  if (!json && example !== undefined) print(`\nExample:\n\n${said(code, example)}`)
}

function explainCause(cause: CauseText, { json }: Settings): void {
  const { code, sentence, why, fix } = cause
  if (json) printJson(cause)
  else print(`${code}: ${sentence}\n\n${why}\n\nWhat to do: ${fix}`)
}

function explainVariable(name: VariableName, given: Settings): void {
  const { draft, file, place } = open(given)
  const settings = settingsOf(draft, name)
  if (given.json) printJson({ name, settings })
  else print(`${sayVariable(name)}\n\nIn ${file}:\n\n${saySettings(settings, place)}`)
}

function explainFlag(flag: FlagFacts, given: Settings): string {
  const { draft, file, place } = open(given)
  const settings = flagSettings(draft, flag)
  const where =
    settings.length === 0 ? `Not set in ${file}.` : `In ${file}:\n\n${saySettings(settings, place)}`
  return flag.reserved === undefined ? `${sayFlag(flag)}\n\n${where}` : sayFlag(flag)
}

function explainAsJson(keys: readonly Key[], flags: readonly FlagFacts[], given: Settings): void {
  const { draft } = open(given)
  printJson([
    ...keys.map(({ path, field: { type, description } }) => ({ key: path, type: type.name, description })),
    ...flags.map(({ name, daemon, ...flag }) => ({
      flag: name,
      daemon,
      meaning: flag.meaning,
      type: flag.expects,
      default: flag.value,
      variable: flag.variable,
      settings: flagSettings(draft, { name, daemon, ...flag }),
    })),
  ])
}

/** The named inventory, and a function that describes places in it. */
function open(given: Settings) {
  const { text, file } = readInventory(given.inventory, env())
  const draft = draftOf(parseInventory(text, file).value, overridesOf(given).value)
  const positionIn = locator({ text, file })
  return { draft, file, place: (path: Path) => placeOf({ file, ...positionIn(path) }) }
}

if (isProgram(import.meta.url)) await main(command)
