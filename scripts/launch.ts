import { askToGoOn } from './cli/ask.ts'
import { defineCommand } from './cli/command.ts'
import {
  fitOption,
  inventoryOptions,
  overrideOptions,
  targetOptions,
  yesOption,
} from './cli/common-options.ts'
import { loadInventory } from './cli/load.ts'
import { env, isProgram, main, print, printJson, say } from './cli/main.ts'
import { duration, flag, text } from './cli/options.ts'
import { runShown, sayError, waitShown } from './cli/run-shown.ts'
import { launchLocal } from './commands/launch-local.ts'
import { orRefuse } from './inventory/problems.ts'
import { statusOf } from './plan/status.ts'
import { sayPlan } from './show/say-plan.ts'
import { sayStatus } from './show/say-status.ts'
import { columnsOf, styleFor } from './show/style.ts'
import { nothing } from './targets/ec2/actual.ts'
import { launchOn } from './targets/ec2/api/act.ts'
import { awaitMachines } from './targets/ec2/api/await-machines.ts'
import { connect, connectTo } from './targets/ec2/api/connect.ts'
import { findCredentials } from './targets/ec2/api/credentials.ts'
import { explain, explained } from './targets/ec2/api/errors.ts'
import { checkPermissions } from './targets/ec2/api/permissions.ts'
import { survey } from './targets/ec2/api/survey.ts'
import type { Facts } from './targets/ec2/facts.ts'
import { unseenImage } from './targets/ec2/image.ts'
import { planLaunch } from './targets/ec2/plan-launch.ts'
import { blameTemplates } from './user-data/blame.ts'
import { loadTemplates } from './user-data/load-templates.ts'
import { renderCluster } from './user-data/render.ts'
import { readTemplates } from './user-data/template-files.ts'

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
    const { timeout } = given
    const inventory = await loadInventory(given)
    const { cluster } = inventory
    if (cluster.target === 'local') return launchLocal(given, inventory)
    const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
    const asked = { cluster, userData, recover: given.recover, prune: given.prune }
    orRefuse(userData, blameTemplates(userData.values(), readTemplates()))
    if (given.dryRun) return showPlan(await dryRunFacts(asked), given.json)

    const aws = await connectTo(cluster.region)
    const ground = { ...asked, aws, timeout, ...(await explained(survey(aws, cluster))) }
    const plan = planLaunch(ground)
    orRefuse(plan, await explained(checkPermissions(ground, plan.steps)))
    say(sayPlan(plan, styleFor(process.stderr, env()), columnsOf(process.stderr)))
    if (plan.steps.length > 0) {
      await askToGoOn(`\nDo this in ${aws.region}, account ${ground.account}?`, given.yes)
    }
    const outcomes = await runShown(plan.steps, launchOn(ground), explain)
    const launched = outcomes.flatMap(outcome =>
      outcome.end === 'done' && outcome.step.action === 'launch' ? [outcome.made] : [],
    )
    const seats = cluster.seats.filter(({ name }) => !plan.leftEmpty?.includes(name))
    say('')
    const names = [...seats, ...cluster.pools].map(({ name }) => name)
    const actual = await waitShown(
      names,
      error => sayError(error, explain),
      set =>
        awaitMachines(
          { aws, cluster: { ...cluster, seats }, launched: new Set(launched) },
          timeout,
          ({ name, ready, state }) => set(name, ready ? 'done' : 'under way', state),
        ),
    )
    const status = statusOf(cluster, userData, actual)
    if (given.json) printJson({ ...plan, ...status })
    else print(sayStatus(status))
  },
})

/** What a dry run plans from: the account, or without credentials an empty one. */
async function dryRunFacts(asked: Omit<Facts, 'actual' | 'imageOf'>): Promise<Facts> {
  const { cluster } = asked
  const found = await findCredentials()
  if (found.provider === undefined) {
    if (env().AWS_PROFILE !== undefined) await connectTo(cluster.region)
    say('no AWS credentials: this is the plan for an account in which nothing of the cluster exists')
    return { ...asked, actual: nothing, imageOf: machine => unseenImage(cluster, machine) }
  }
  return { ...asked, ...(await explained(survey(connect(cluster.region, found.provider), cluster))) }
}

function showPlan(facts: Facts, asJson: boolean): void {
  const plan = planLaunch(facts)
  if (asJson) printJson(plan)
  else print(sayPlan(plan, styleFor(process.stdout, env()), columnsOf(process.stdout)))
}

if (isProgram(import.meta.url)) await main(command)
