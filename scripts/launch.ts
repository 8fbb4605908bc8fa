import { askToGoOn } from './cli/ask.ts'
import { loadToChange } from './cli/load.ts'
import { type Command, main, print, printJson, say } from './cli/main.ts'
import { inventoryOptions, overrideOptions, readTimeout, targetOptions } from './cli/options.ts'
import { runShown, waitShown } from './cli/run-shown.ts'
import { onStderr, onStdout } from './cli/screen.ts'
import { planJson } from './plan/step.ts'
import { sayPlan } from './show/say-plan.ts'
import { sayView, viewJson } from './show/say-view.ts'

const command: Command = {
  name: 'launch',
  summary: 'Launches what an inventory asks for and is not there yet.',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    image: { value: 'AMI', help: 'start from this image, not the one baked last' },
    fit: { value: 'FORM', help: 'user-data: plain, gzip or s3; auto takes what fits' },
    prune: { help: 'delete pools that are not in the inventory' },
    recover: { help: 'fill empty seats although the quorum is lost' },
    'dry-run': { help: 'print the plan and stop; needs no credentials' },
    yes: { help: 'do not ask' },
    timeout: { value: 'TIME', help: 'how long the machines may take to run; 10m' },
  },
  examples: [
    ['--leaders 3 --dry-run', 'what would be done'],
    ['--leaders 3', 'do it, after asking'],
    ['--leaders 3 --target local', 'in containers on this machine'],
    ['--followers 5 --yes', 'resize the pool, without asking'],
  ],
  run: async given => {
    const timeout = readTimeout(given, '10m')
    const dryRun = given['dry-run'] === true
    const { asked, target } = await loadToChange(given)
    const options = { dryRun, prune: given.prune === true, recover: given.recover === true, timeout }
    const launch = await target.planLaunch(asked, options)
    const { plan, steps, advice, place } = launch
    if (dryRun) return given.json === true ? printJson(planJson(plan)) : print(sayPlan(plan, onStdout()))

    say(sayPlan(plan, onStderr()))
    if (advice !== undefined) say(advice)
    if (steps.length > 0) await askToGoOn(`\nDo this ${place}?`, given.yes === true)
    const outcomes = await runShown(launch)
    say('')
    const view = await waitShown(launch, outcomes, timeout)
    if (given.json === true) printJson({ ...planJson(plan), ...viewJson(view) })
    else print(sayView(view, onStdout().style))
  },
}

await main(command)
