import { writeFileSync } from 'node:fs'
import { variablesReference } from './inventory/reference.ts'
import { type Command, main, print } from './terminal/main.ts'

const command: Command = {
  name: 'docs',
  summary: 'Writes the pages that are made from the tables in the code.',
  options: {},
  examples: [['', 'write docs/variables.md']],
  run: async () => {
    writeFileSync('docs/variables.md', variablesReference())
    print('docs/variables.md')
  },
}

await main(command)
