import { askToGoOn } from './cli/ask.ts'
import { loadInventory } from './cli/load.ts'
import { type Command, env, main, print, printJson, say } from './cli/main.ts'
import { inventoryOptions, overrideOptions, readTimeout, targetOptions } from './cli/options.ts'
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
    const inventory = await loadInventory(given)
    const { cluster } = inventory
    if (cluster.target === 'local') return launchLocal(given, inventory, timeout)
    const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
    const asked = { cluster, userData, recover: given.recover === true, prune: given.prune === true }
    orRefuse(userData, blameTemplates(userData.values(), readTemplates()))
    if (given['dry-run'] === true) return showPlan(await dryRunFacts(asked), given.json === true)

    const aws = await connectTo(cluster.region)
    const ground = { ...asked, aws, timeout, ...(await explained(survey(aws, cluster))) }
    const plan = planLaunch(ground)
    orRefuse(plan, await explained(checkPermissions(ground, plan.steps)))
    say(sayPlan(plan, styleFor(process.stderr, env()), columnsOf(process.stderr)))
    if (plan.steps.length > 0) {
      await askToGoOn(`\nDo this in ${aws.region}, account ${ground.account}?`, given.yes === true)
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
    if (given.json === true) printJson({ ...plan, ...status })
    else print(sayStatus(status))
  },
}

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

await main(command)
