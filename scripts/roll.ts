import { askToGoOn } from './cli/ask.ts'
import { defineCommand } from './cli/command.ts'
import { inventoryOptions, overrideOptions, targetOptions, yesOption } from './cli/common-options.ts'
import { loadToChange } from './cli/load.ts'
import { isProgram, main, print, printJson, say } from './cli/main.ts'
import { duration, flag, naming, text } from './cli/options.ts'
import { refuseWhileRolled, rollShown } from './cli/roll-shown.ts'
import { runShown } from './cli/run-shown.ts'
import { onStderr, onStdout } from './cli/screen.ts'
import type { Cluster } from './cluster/cluster.ts'
import { didYouMean } from './inventory/nearest.ts'
import { Path } from './inventory/problem-path.ts'
import { Refused } from './inventory/problems.ts'
import { planJson } from './plan/step.ts'
import { isEmpty, rollPlan } from './roll/roll-plan.ts'
import { sayPlan } from './show/say-plan.ts'
import { sayRoll } from './show/say-roll.ts'
import { sayView, viewJson } from './show/say-view.ts'

export const command = defineCommand({
  name: 'roll',
  summary: 'update every node to the inventory, a few at a time',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    image: text('AMI', 'image to roll out (default the latest baked one)'),
    leadersOnly: flag('update leaders only'),
    pool: naming('pools', text('NAME', 'update this pool only')),
    dryRun: flag('print the plan and exit'),
    ...yesOption,
    timeout: duration('how long to wait for each node to come up', '10m'),
  },
  examples: [
    ['--dry-run', 'print what would be updated, in which order'],
    ['', 'show the plan, ask, and update every node'],
    ['--pool c1-web', 'update a pool only'],
  ],
  run: async given => {
    const { dryRun, timeout } = given
    const { asked, target } = await loadToChange(given)
    const scope = scopeOf(asked.cluster, given)
    const roll = await target.planRoll(asked, { dryRun, timeout })
    const { launch } = roll
    const observed = await roll.observe()
    const plan = rollPlan(observed, { ...scope, atStart: new Map() })
    const screen = dryRun ? onStdout() : onStderr()
    const shown = [
      ...(launch.steps.length === 0 ? [] : [sayPlan({ ...launch.plan, outOfDate: [] }, screen), '']),
      sayRoll(plan, `${asked.cluster.name} on ${asked.cluster.target}`, screen),
    ].join('\n')
    if (dryRun && given.json) return printJson({ launch: planJson(launch.plan), roll: plan })
    if (dryRun) return print(shown)
    refuseWhileRolled(await roll.lock.read())
    say(shown)
    if (!isEmpty(plan) || launch.steps.length > 0) {
      await askToGoOn(`\nCarry out this rolling update ${launch.place}?`, given.yes)
      if (launch.steps.length > 0) await runShown(launch)
      await rollShown(roll, scope, timeout)
    }
    const view = await target.look(asked)
    say('')
    if (given.json) printJson({ roll: plan, ...viewJson(view) })
    else print(sayView(view, onStdout()))
  },
})

/** What to roll. */
function scopeOf(
  { pools, tasksKept }: Cluster,
  { leadersOnly, pool }: { readonly leadersOnly: boolean; readonly pool: string | undefined },
) {
  const names = pools.map(({ name }) => name)
  if (pool !== undefined && leadersOnly)
    throw new Refused([{ path: Path.ofOption('--pool'), message: 'cannot be combined with --leaders-only' }])
  if (pool !== undefined && !names.includes(pool)) {
    const hint = didYouMean(pool, names) || `; use one of: ${names.join(', ')}`
    throw new Refused([{ path: Path.ofOption('--pool'), message: `unknown pool ${pool}${hint}` }])
  }
  return {
    leaders: pool === undefined,
    pools: leadersOnly ? [] : pool === undefined ? names : [pool],
    share: tasksKept,
  }
}

if (isProgram(import.meta.url)) await main(command)
