import { askToGoOn } from './cli/ask.ts'
import { defineCommand } from './cli/command.ts'
import {
  inventoryOptions,
  nodeOption,
  overrideOptions,
  targetOptions,
  yesOption,
} from './cli/common-options.ts'
import { loadToChange } from './cli/load.ts'
import { isProgram, main, print, printJson, say } from './cli/main.ts'
import { duration, flag } from './cli/options.ts'
import { refuseWhileRolled } from './cli/roll-shown.ts'
import { runShown, waitShown } from './cli/run-shown.ts'
import { onStderr, onStdout } from './cli/screen.ts'
import { saySteps } from './show/say-plan.ts'
import { sayView, viewJson } from './show/say-view.ts'

export const command = defineCommand({
  name: 'replace',
  summary: 'replace one node: terminate it, launch it again, and wait',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    ...nodeOption,
    keepDisk: flag('restart a leader with new user data; its machine and disk stay'),
    ...yesOption,
    timeout: duration('how long to wait for the cluster to become healthy', '10m'),
  },
  examples: [
    ['--node c1-leader-1', 'a leader'],
    ['--node c1-leader-1 --keep-disk', 'a leader that has other user data'],
    ['--node i-0123456789abcdef0', 'an instance of a pool on EC2'],
  ],
  run: async given => {
    const { node, timeout, keepDisk } = given
    const { asked, target, causesOf } = await loadToChange(given)
    const replacement = await target.planReplacement(asked, node, { keepDisk, timeout })
    refuseWhileRolled(replacement.rolling)
    say(saySteps(replacement.steps, onStderr()).join('\n'))
    await askToGoOn(keepDisk ? `\nRestart ${node}?` : `\nTerminate ${node} and launch it again?`, given.yes)
    const outcomes = await runShown(replacement)
    say('')
    const view = await waitShown(replacement, outcomes, timeout, causesOf)
    if (given.json) printJson(viewJson(view))
    else print(sayView(view, onStdout()))
  },
})

if (isProgram(import.meta.url)) await main(command)
