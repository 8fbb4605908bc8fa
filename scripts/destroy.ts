import { loadCluster } from './cli/load.ts'
import { type Command, main } from './cli/main.ts'
import { inventoryOptions, readTimeout, targetOptions } from './cli/options.ts'
import { destroyLocal } from './commands/destroy-local.ts'
import { destroyShown } from './commands/destroy-shown.ts'
import { destroyOn } from './targets/ec2/api/act.ts'
import { connectTo } from './targets/ec2/api/connect.ts'
import { explain, explained } from './targets/ec2/api/errors.ts'
import { observeStrays } from './targets/ec2/api/seat.ts'
import { accountOf, observe } from './targets/ec2/api/survey.ts'
import { planDestroy } from './targets/ec2/plan-destroy.ts'

const command: Command = {
  name: 'destroy',
  summary: 'Deletes everything that carries the tags of a cluster, after showing it.',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    'dry-run': { help: 'list what would be deleted and stop' },
    yes: { help: 'do not ask' },
    timeout: { value: 'TIME', help: 'how long the machines may take to be gone; 15m' },
  },
  examples: [
    ['--dry-run', 'what would be deleted'],
    ['', 'delete it, after asking'],
    ['--target local --yes', 'the containers on this machine'],
  ],
  run: async given => {
    const timeout = readTimeout(given, '15m')
    const cluster = loadCluster(given)
    if (cluster.target === 'local') return destroyLocal(given, cluster)
    const aws = await connectTo(cluster.region)
    const [actual, strays, account] = await explained(
      Promise.all([observe(aws, cluster), observeStrays(aws, cluster.name), accountOf(aws)]),
    )
    await destroyShown(given, cluster.name, {
      steps: planDestroy(cluster, actual, strays),
      place: `in ${aws.region}, account ${account}`,
      act: destroyOn(aws, cluster, timeout),
      explain,
    })
  },
}

await main(command)
