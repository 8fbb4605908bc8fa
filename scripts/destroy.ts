import { defineCommand } from './cli/command.ts'
import { inventoryOptions, targetOptions, yesOption } from './cli/common-options.ts'
import { loadCluster } from './cli/load.ts'
import { isProgram, main } from './cli/main.ts'
import { duration, flag } from './cli/options.ts'
import { destroyLocal } from './commands/destroy-local.ts'
import { destroyShown } from './commands/destroy-shown.ts'
import { destroyOn } from './targets/ec2/api/act.ts'
import { connectTo } from './targets/ec2/api/connect.ts'
import { explain, explained } from './targets/ec2/api/errors.ts'
import { observeStrays } from './targets/ec2/api/seat.ts'
import { accountOf, observe } from './targets/ec2/api/survey.ts'
import { planDestroy } from './targets/ec2/plan-destroy.ts'

export const command = defineCommand({
  name: 'destroy',
  summary: 'delete a cluster: everything that carries its tags',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    dryRun: flag('list what would be deleted and exit'),
    ...yesOption,
    timeout: duration('how long to wait for machines to terminate', '15m'),
  },
  examples: [
    ['--dry-run', 'list what would be deleted'],
    ['', 'ask, and delete it'],
    ['--target local --yes', 'delete a cluster in containers'],
  ],
  run: async given => {
    const cluster = loadCluster(given)
    if (cluster.target === 'local') return destroyLocal(given, cluster)
    const aws = await connectTo(cluster.region)
    const [actual, strays, account] = await explained(
      Promise.all([observe(aws, cluster), observeStrays(aws, cluster.name), accountOf(aws)]),
    )
    await destroyShown(given, cluster.name, {
      steps: planDestroy(cluster, actual, strays),
      place: `in ${aws.region}, account ${account}`,
      act: destroyOn(aws, cluster, given.timeout),
      explain,
    })
  },
})

if (isProgram(import.meta.url)) await main(command)
