import { loadToLook } from './cli/load.ts'
import { type Command, endWith, main, print, printJson } from './cli/main.ts'
import { inventoryOptions, overrideOptions, targetOptions } from './cli/options.ts'
import { onStdout } from './cli/screen.ts'
import { exitCodeOf, sayView, viewJson } from './show/say-view.ts'

const command: Command = {
  name: 'status',
  summary: 'Shows what runs of a cluster, beside what its inventory asks.',
  options: { ...inventoryOptions, ...targetOptions, ...overrideOptions },
  examples: [
    ['', 'as a table'],
    ['--json', 'as data, with every machine'],
  ],
  run: async given => {
    const { asked, target } = await loadToLook(given)
    const view = await target.look(asked)
    if (given.json === true) printJson({ ...viewJson(view), standing: view.standing })
    else print(sayView(view, onStdout().style))
    endWith(exitCodeOf[view.standing])
  },
}

await main(command)
