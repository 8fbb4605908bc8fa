import { askToGoOn } from './cli/ask.ts'
import { loadToChange } from './cli/load.ts'
import { type Command, main, print, printJson, say } from './cli/main.ts'
import {
  inventoryOptions,
  nodeOption,
  overrideOptions,
  readNode,
  readTimeout,
  targetOptions,
} from './cli/options.ts'
import { runShown, waitShown } from './cli/run-shown.ts'
import { onStderr, onStdout } from './cli/screen.ts'
import { saySteps } from './show/say-plan.ts'
import { sayView, viewJson } from './show/say-view.ts'

const command: Command = {
  name: 'replace',
  summary: 'Gives a node another machine: terminates, launches the same seat, waits.',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    ...nodeOption,
    yes: { help: 'do not ask' },
    timeout: { value: 'TIME', help: 'how long the cluster may take to be well; 10m' },
  },
  examples: [['--target local --node c1-leader-1', 'if it can be spared']],
  run: async given => {
    const timeout = readTimeout(given, '10m')
    const node = readNode(given)
    const { asked, target } = await loadToChange(given)
    const replacement = await target.planReplacement(asked, node)
    say(saySteps(replacement.steps, onStderr()).join('\n'))
    await askToGoOn(`\nTerminate ${node}, and launch it again?`, given.yes === true)
    const outcomes = await runShown(replacement)
    say('')
    const view = await waitShown(replacement, outcomes, timeout)
    if (given.json === true) printJson(viewJson(view))
    else print(sayView(view, onStdout().style))
  },
}

await main(command)
