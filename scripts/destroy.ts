import { askToGoOn } from './cli/ask.ts'
import { defineCommand } from './cli/command.ts'
import { inventoryOptions, targetOptions, yesOption } from './cli/common-options.ts'
import { loadToLook } from './cli/load.ts'
import { isProgram, main, print, printJson, say } from './cli/main.ts'
import { duration, flag } from './cli/options.ts'
import { runShown } from './cli/run-shown.ts'
import { onStderr, onStdout } from './cli/screen.ts'
import { stepsJson } from './plan/step.ts'
import { saySteps } from './show/say-plan.ts'

export const command = defineCommand({
  name: 'destroy',
  summary: 'delete a cluster: all resources with its tags',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    dryRun: flag('list the resources to delete and exit'),
    ...yesOption,
    timeout: duration('how long to wait for machines to terminate', '15m'),
  },
  examples: [
    ['--dry-run', 'list what would be deleted'],
    ['', 'ask for confirmation, then delete'],
    ['--target local --yes', 'delete a cluster in containers'],
  ],
  run: async given => {
    const { dryRun, timeout } = given
    const { asked, target } = await loadToLook(given)
    const removal = await target.planDestroy(asked, timeout)
    const { steps, place } = removal
    const cluster = asked.cluster.name
    const data = { cluster, steps: stepsJson(steps) }
    const tell = dryRun ? print : say
    if (given.json && (dryRun || steps.length === 0)) return printJson(data)
    if (steps.length === 0)
      return tell(`Nothing to delete: no resources have the tags of ${cluster} ${place}.`)

    const list = saySteps(steps, dryRun ? onStdout() : onStderr())
    tell([`${cluster} ${place}:`, '', ...list].join('\n'))
    if (dryRun) return
    await askToGoOn('\nDelete all of these?', given.yes)
    await runShown(removal)
    if (given.json) printJson(data)
    else print(`${cluster} is destroyed.`)
  },
})

if (isProgram(import.meta.url)) await main(command)
