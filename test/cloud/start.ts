import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { awsEnv } from '../harness/aws.ts'
import { startBootingCloud } from './booting-cloud.ts'

// Starts the test cloud by hand, until Ctrl-C, and prints how to use it.

const cloud = await startBootingCloud()
const inventory = join(await mkdtemp(join(tmpdir(), 'mesos-bakery-inventory-')), 'inventory.yaml')
const subnets = `[${cloud.account.subnets.join(', ')}]`
await writeFile(
  inventory,
  `cluster: cluster1
vars: { zookeeper_heap_mb: 128 }
groups:
  mesos_leaders: { vars: { mesos_mode: leader }, count: 3, subnets: ${subnets} }
  mesos_followers: { min: 2, max: 9, subnets: ${subnets} }
`,
)
const set = Object.entries(awsEnv(cloud.proxy.url)).filter(([name]) => name.startsWith('AWS_'))
process.stdout.write(`${set.map(([name, value]) => `export ${name}=${value}\n`).join('')}`)
process.stdout.write(`export INVENTORY=${inventory}\n`)
process.stderr.write(`
The test cloud is running. In another terminal, set the variables above, then for example:

  npm run launch -- --inventory $INVENTORY --leaders 3 --yes
  npm run status -- --inventory $INVENTORY

Press Ctrl-C to delete all of its machines.
`)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
await cloud.stop()
