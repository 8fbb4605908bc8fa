import { defineCommand } from './cli/command.ts'
import { inventoryOptions, overrideOptions, targetOptions } from './cli/common-options.ts'
import { loadCluster } from './cli/load.ts'
import { endWith, isProgram, main, print, printJson } from './cli/main.ts'
import { statusLocal } from './commands/status-local.ts'
import { standingOf, statusOf } from './plan/status.ts'
import { exitCodeOf, sayStatus } from './show/say-status.ts'
import { connectTo } from './targets/ec2/api/connect.ts'
import { explained } from './targets/ec2/api/errors.ts'
import { observeMachines } from './targets/ec2/api/survey.ts'
import { loadTemplates } from './user-data/load-templates.ts'
import { renderCluster } from './user-data/render.ts'

export const command = defineCommand({
  name: 'status',
  summary: 'show the state of a cluster and how it differs from its inventory',
  options: { ...inventoryOptions, ...targetOptions, ...overrideOptions },
  examples: [
    ['', 'print a table'],
    ['--json', 'print JSON with every machine'],
  ],
  run: async given => {
    const cluster = loadCluster(given)
    if (cluster.target === 'local') return statusLocal(given, cluster)
    const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
    const aws = await connectTo(cluster.region)
    const status = statusOf(cluster, userData, await explained(observeMachines(aws, cluster.name)))
    const standing = standingOf(status)
    if (given.json) printJson({ ...status, standing })
    else print(sayStatus(status))
    endWith(exitCodeOf[standing])
  },
})

if (isProgram(import.meta.url)) await main(command)
