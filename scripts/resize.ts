import { askToGoOn } from './cli/ask.ts'
import { defineCommand } from './cli/command.ts'
import { inventoryOptions, overrideOptions, targetOptions, yesOption } from './cli/common-options.ts'
import { countInInventory, loadToChange } from './cli/load.ts'
import { isProgram, main, print, printJson, say } from './cli/main.ts'
import { duration, flag } from './cli/options.ts'
import { refuseWhileRolled, rollShown } from './cli/roll-shown.ts'
import { onStderr, onStdout } from './cli/screen.ts'
import { isUnchanged, resizePlan } from './roll/resize-plan.ts'
import { sayResize } from './show/say-resize.ts'
import { sayView, viewJson } from './show/say-view.ts'

export const command = defineCommand({
  name: 'resize',
  summary: 'change the number of leaders of a running cluster',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    dryRun: flag('print the plan and exit'),
    ...yesOption,
    timeout: duration('how long to wait for each node to come up', '10m'),
  },
  examples: [
    ['--leaders 5 --dry-run', 'print what would be changed, in which order'],
    ['--leaders 5', 'show the plan, ask, and change to five leaders'],
  ],
  run: async given => {
    const { dryRun, timeout } = given
    const { asked, target } = await loadToChange(given)
    const { cluster } = asked
    const resize = await target.planResize(asked, { dryRun, timeout })
    const { from, to } = resize
    const scope = { leaders: true, pools: cluster.pools.map(({ name }) => name), share: cluster.tasksKept }
    const plan = resizePlan(await resize.observe(), { from, to }, { ...scope, atStart: new Map() })
    if (dryRun && given.json) return printJson(plan)
    const where = `${cluster.name} on ${cluster.target}`
    if (dryRun) return print(sayResize(plan, where, onStdout()))
    refuseWhileRolled(await resize.lock.read())
    say(sayResize(plan, where, onStderr()))
    if (!isUnchanged(plan)) {
      await askToGoOn(`\nCarry out this change ${resize.place}?`, given.yes)
      await rollShown(resize, scope, timeout)
    }
    await resize.finish()
    const view = await target.look(asked)
    say('')
    if (given.json) printJson({ resize: plan, ...viewJson(view) })
    else print(sayView(view, onStdout()))
    const written = countInInventory(given)
    if (written !== to)
      say(
        `\n${asked.source.file} describes ${written} leaders; change its count to ${to}, or pass --leaders ${to}`,
      )
  },
})

if (isProgram(import.meta.url)) await main(command)
