import { writeFileSync } from 'node:fs'
import { everyRule } from '../check/every-rule.ts'
import { findingsPage } from '../check/findings-page.ts'
import { problemsPage } from '../check/problems-page.ts'
import { defineCommand } from '../cli/command.ts'
import { isProgram, main, print } from '../cli/main.ts'
import { everyCause } from '../doctor/every-cause.ts'
import { inventorySchema } from '../inventory/json-schema.ts'
import { variablesReference } from '../inventory/reference.ts'

const pages: readonly (readonly [file: string, text: () => string])[] = [
  ['docs/variables.md', variablesReference],
  ['docs/problems.md', () => problemsPage(everyRule)],
  ['docs/findings.md', () => findingsPage(everyCause)],
  ['inventory.schema.json', () => `${JSON.stringify(inventorySchema(), null, 2)}\n`],
]

export const command = defineCommand({
  name: 'docs',
  summary: 'write the pages that are generated from the code',
  options: {},
  examples: [['', 'write docs/variables.md, docs/problems.md and the schema']],
  run: async () => {
    for (const [file, text] of pages) {
      writeFileSync(file, text())
      print(file)
    }
  },
})

if (isProgram(import.meta.url)) await main(command)
