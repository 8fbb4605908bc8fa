import { defineCommand } from './cli/command.ts'
import { inventoryOptions, overrideOptions, targetOptions } from './cli/common-options.ts'
import { loadToLook } from './cli/load.ts'
import { endWith, isProgram, main, print, printJson } from './cli/main.ts'
import { onStdout } from './cli/screen.ts'
import { exitCodeOf, sayView, viewJson } from './show/say-view.ts'

export const command = defineCommand({
  name: 'status',
  summary: 'show the state of a cluster and how it differs from its inventory',
  options: { ...inventoryOptions, ...targetOptions, ...overrideOptions },
  examples: [
    ['', 'print a table'],
    ['--json', 'print JSON with every machine'],
  ],
  run: async given => {
    const { asked, target } = await loadToLook(given)
    const view = await target.look(asked)
    if (given.json) printJson({ ...viewJson(view), standing: view.standing })
    else print(sayView(view, onStdout().style))
    endWith(exitCodeOf[view.standing])
  },
})

if (isProgram(import.meta.url)) await main(command)
