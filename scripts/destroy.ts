import { destroyOn } from './aws/apply.ts'
import { connectTo } from './aws/connect.ts'
import { explain, explained } from './aws/errors.ts'
import { accountOf, observe } from './aws/survey.ts'
import { planDestroy } from './plan/destroy.ts'
import { askToGoOn } from './terminal/ask.ts'
import { loadCluster } from './terminal/files.ts'
import { type Command, env, main, print, printJson, say } from './terminal/main.ts'
import { inventoryOptions, readTimeout } from './terminal/options.ts'
import { runShown } from './terminal/run.ts'
import { saySteps } from './terminal/say-plan.ts'
import { columnsOf, styleFor } from './terminal/style.ts'

const command: Command = {
  name: 'destroy',
  summary: 'Deletes everything that carries the tags of a cluster, after showing it.',
  options: {
    ...inventoryOptions,
    'dry-run': { help: 'list what would be deleted and stop' },
    yes: { help: 'do not ask' },
    timeout: { value: 'TIME', help: 'how long the machines may take to be gone; 15m' },
  },
  examples: [
    ['--dry-run', 'what would be deleted'],
    ['', 'delete it, after asking'],
  ],
  run: async given => {
    const timeout = readTimeout(given, '15m')
    const cluster = loadCluster(given)
    const aws = await connectTo(cluster.region)
    const [actual, account] = await explained(Promise.all([observe(aws, cluster.name), accountOf(aws)]))
    const steps = planDestroy(cluster, actual)
    const dryRun = given['dry-run'] === true
    const tell = dryRun ? print : say
    if (given.json === true && (dryRun || steps.length === 0))
      return printJson({ cluster: cluster.name, steps })
    if (steps.length === 0) return tell(`Nothing carries the tags of ${cluster.name} in ${aws.region}.`)

    const stream = dryRun ? process.stdout : process.stderr
    const list = saySteps(steps, styleFor(stream, env()), columnsOf(stream))
    tell([`${cluster.name} in ${aws.region}, account ${account}:`, '', ...list].join('\n'))
    if (dryRun) return
    await askToGoOn('\nDelete all of this?', given.yes === true)
    await runShown(steps, destroyOn(aws, cluster.name, timeout), explain)
    if (given.json === true) printJson({ cluster: cluster.name, steps })
    else print(`${cluster.name} is destroyed.`)
  },
}

await main(command)
