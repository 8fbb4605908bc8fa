import { loadCluster } from './cli/load.ts'
import { type Command, endWith, main, print, printJson } from './cli/main.ts'
import { inventoryOptions, overrideOptions, targetOptions } from './cli/options.ts'
import { statusLocal } from './commands/status-local.ts'
import { standingOf, statusOf } from './plan/status.ts'
import { exitCodeOf, sayStatus } from './show/say-status.ts'
import { connectTo } from './targets/ec2/api/connect.ts'
import { explained } from './targets/ec2/api/errors.ts'
import { observeMachines } from './targets/ec2/api/survey.ts'
import { loadTemplates } from './user-data/load-templates.ts'
import { renderCluster } from './user-data/render.ts'

const command: Command = {
  name: 'status',
  summary: 'Shows what runs of a cluster, beside what its inventory asks.',
  options: { ...inventoryOptions, ...targetOptions, ...overrideOptions },
  examples: [
    ['', 'as a table'],
    ['--json', 'as data, with every machine'],
  ],
  run: async given => {
    const cluster = loadCluster(given)
    if (cluster.target === 'local') return statusLocal(given, cluster)
    const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
    const aws = await connectTo(cluster.region)
    const status = statusOf(cluster, userData, await explained(observeMachines(aws, cluster.name)))
    const standing = standingOf(status)
    if (given.json === true) printJson({ ...status, standing })
    else print(sayStatus(status))
    endWith(exitCodeOf[standing])
  },
}

await main(command)
