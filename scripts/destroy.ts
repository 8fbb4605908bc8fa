import { askToGoOn } from './cli/ask.ts'
import { loadToLook } from './cli/load.ts'
import { type Command, main, print, printJson, say } from './cli/main.ts'
import { inventoryOptions, readTimeout, targetOptions } from './cli/options.ts'
import { runShown } from './cli/run-shown.ts'
import { onStderr, onStdout } from './cli/screen.ts'
import { stepsJson } from './plan/step.ts'
import { saySteps } from './show/say-plan.ts'

const command: Command = {
  name: 'destroy',
  summary: 'Deletes everything that carries the tags of a cluster, after showing it.',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    'dry-run': { help: 'list what would be deleted and stop' },
    yes: { help: 'do not ask' },
    timeout: { value: 'TIME', help: 'how long the machines may take to be gone; 15m' },
  },
  examples: [
    ['--dry-run', 'what would be deleted'],
    ['', 'delete it, after asking'],
    ['--target local --yes', 'the containers on this machine'],
  ],
  run: async given => {
    const timeout = readTimeout(given, '15m')
    const dryRun = given['dry-run'] === true
    const { asked, target } = await loadToLook(given)
    const removal = await target.planDestroy(asked, timeout)
    const { steps, place } = removal
    const cluster = asked.cluster.name
    const data = { cluster, steps: stepsJson(steps) }
    const tell = dryRun ? print : say
    if (given.json === true && (dryRun || steps.length === 0)) return printJson(data)
    if (steps.length === 0) return tell(`Nothing carries the tags of ${cluster} ${place}.`)

    const list = saySteps(steps, dryRun ? onStdout() : onStderr())
    tell([`${cluster} ${place}:`, '', ...list].join('\n'))
    if (dryRun) return
    await askToGoOn('\nDelete all of this?', given.yes === true)
    await runShown(removal)
    if (given.json === true) printJson(data)
    else print(`${cluster} is destroyed.`)
  },
}

await main(command)
