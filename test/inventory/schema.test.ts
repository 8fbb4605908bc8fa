import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { load } from 'js-yaml'
import { inventorySchema } from '../../scripts/inventory/json-schema.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'
import { variableNames } from '../../scripts/inventory/variables.ts'
import { badCases, cases, inventoryOf } from '../harness/cases.ts'
import { needing, runProgram } from '../harness/programs.ts'

/** The paths that a JSON schema validator rejects, for each document. */
function validate(documents: readonly unknown[]): readonly (readonly string[])[] {
  const script = `
import json, sys, jsonschema
schema, documents = json.load(sys.stdin)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
where = lambda error: ".".join(map(str, error.absolute_path))
print(json.dumps([sorted({where(error) for error in validator.iter_errors(one)}) for one in documents]))`
  const { code, output } = runProgram(
    '/usr/bin/python3',
    ['-c', script],
    JSON.stringify([inventorySchema(), documents]),
  )
  if (code !== 0) throw new Error(output)
  return JSON.parse(output)
}

test('inventory.schema.json is up to date (npm run docs), and the example refers to it in its first line', t => {
  t.deepEqual(JSON.parse(readFileSync('inventory.schema.json', 'utf8')), inventorySchema())
  const [first] = readFileSync('inventory.example.yaml', 'utf8').split('\n')
  t.is(first, '# yaml-language-server: $schema=inventory.schema.json')
})

test('every variable has a title, a description and a default, for editors to show', t => {
  const { definitions } = inventorySchema() as {
    definitions: {
      vars: { properties: Record<string, { title?: string; description?: string; default?: unknown }> }
    }
  }
  for (const name of variableNames) {
    const { title, description, default: value } = definitions.vars.properties[name] ?? {}
    t.truthy(title && description, name)
    t.is(value === undefined, name === 'consul_datacenter', name)
  }
})

needing(test, 'cloud-init')('the schema takes every inventory that we ship', t => {
  const texts = [
    ...cases.map(inventoryOf),
    ...readdirSync('examples')
      .filter(file => file.endsWith('.yaml'))
      .map(file => readFileSync(`examples/${file}`, 'utf8')),
    readFileSync('inventory.example.yaml', 'utf8'),
  ]
  t.deepEqual(
    validate(texts.map(text => load(text))),
    texts.map(() => []),
  )
})

// What an editor underlines in a case of test/cases/bad: the map around an unknown key, or each wrong value.
const underlined: Readonly<Record<string, readonly string[]>> = {
  'unknown-keys': ['', 'groups.leaders', 'image'],
  'unknown-variables': ['groups.leaders.vars', 'vars'],
  'unknown-flags': ['vars.marathon_options', 'vars.mesos_leader_options'],
  'seat-without-number': ['groups.leaders.seats'],
}

needing(test, 'cloud-init')('the schema refuses what an editor can tell', t => {
  const values = ['values-of-variables', 'artifacts']
  const chosen = badCases.filter(({ name }) => name in underlined || values.includes(name))
  const found = validate(chosen.map(({ inventory }) => load(inventory)))
  for (const [index, { name, inventory }] of chosen.entries()) {
    const paths = parseInventory(inventory, 'inventory.yaml').problems.map(({ path }) => String(path))
    t.deepEqual(found[index], underlined[name] ?? paths.sort(), name)
  }
})
