import { askToGoOn } from './cli/ask.ts'
import { defineCommand } from './cli/command.ts'
import {
  fitOption,
  inventoryOptions,
  overrideOptions,
  targetOptions,
  yesOption,
} from './cli/common-options.ts'
import { loadToChange } from './cli/load.ts'
import { isProgram, main, print, printJson, say } from './cli/main.ts'
import { duration, flag, text } from './cli/options.ts'
import { refuseWhileRolled } from './cli/roll-shown.ts'
import { runShown, waitShown } from './cli/run-shown.ts'
import { onStderr, onStdout } from './cli/screen.ts'
import { planJson } from './plan/step.ts'
import { sayPlan } from './show/say-plan.ts'
import { sayView, viewJson } from './show/say-view.ts'

export const command = defineCommand({
  name: 'launch',
  summary: 'launch a cluster, or the parts of it that are missing',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    image: text('AMI', 'image to launch from (default the latest baked one)'),
    ...fitOption,
    prune: flag('delete pools that are not in the inventory'),
    recover: flag('launch missing leaders even if the quorum is lost'),
    standIns: flag('launch stand-ins for Mesos and Marathon, with --target local'),
    dryRun: flag('print the plan and exit; requires no credentials'),
    ...yesOption,
    timeout: duration('how long to wait for the cluster to become healthy', '10m'),
  },
  examples: [
    ['--leaders 3 --dry-run', 'print the plan'],
    ['--leaders 3', 'show the plan, ask, and launch'],
    ['--leaders 3 --target local', 'launch in containers'],
    ['--followers 5 --yes', 'resize the pool without asking'],
  ],
  run: async given => {
    const { dryRun, prune, recover, standIns, timeout } = given
    const { asked, target, causesOf } = await loadToChange(given)
    const launch = await target.planLaunch(asked, { dryRun, prune, recover, standIns, timeout })
    const { plan, steps, place } = launch
    if (dryRun) return given.json ? printJson(planJson(plan)) : print(sayPlan(plan, onStdout()))

    refuseWhileRolled(launch.rolling)
    say(sayPlan(plan, onStderr()))
    if (steps.length > 0) await askToGoOn(`\nApply these changes ${place}?`, given.yes)
    const outcomes = await runShown(launch)
    say('')
    const view = await waitShown(launch, outcomes, timeout, causesOf)
    if (given.json) printJson({ ...planJson(plan), ...viewJson(view) })
    else print(sayView(view, onStdout()))
  },
})

if (isProgram(import.meta.url)) await main(command)
