import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { $ } from 'zx'
import { noAwsEnv } from '../harness/aws.ts'
import { bakedMissing, bakedSettings } from '../harness/baked.ts'
import { localCluster } from '../harness/local-cluster.ts'
import { packerEnv } from '../harness/packer.ts'
import { unless } from '../harness/programs.ts'
import { cloneLike, commandsOfReadme } from '../harness/readme.ts'

const test = unless(bakedMissing(), anyTest as TestFn)

test('the commands in the README that require containers print what is shown below them', async t => {
  const cluster = await localCluster({ leaders: 1 })
  t.teardown(cluster.remove)
  const folder = cloneLike()
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'inventory.yaml'), JSON.stringify(await inventory(cluster.name)))
  const where = { cwd: folder, env: { ...packerEnv(noAwsEnv()), NO_COLOR: '1' }, nothrow: true, quiet: true }
  const commands = commandsOfReadme().filter(({ command }) => command.includes('--target local'))
  t.true(commands.length >= 2)
  for (const { command, output } of commands) {
    const { exitCode, stdout, stderr } = await $(
      where,
    )`sh -c ${command.replace('npm run', 'npm run --silent')}`
    t.is(exitCode, 0, stderr)
    t.deepEqual(words(stdout, cluster.name), words(output, 'cluster1'), command)
  }
})

async function inventory(cluster: string): Promise<object> {
  return {
    cluster,
    image: await bakedSettings(),
    vars: { zookeeper_heap_mb: 128 },
    groups: {
      mesos_leaders: { vars: { mesos_mode: 'leader' }, count: 3 },
      mesos_followers: { min: 2, max: 10 },
    },
  }
}

/** The words in an output, without those that differ between runs: IDs, addresses, and the elected leader. */
function words(output: string, cluster: string): readonly string[] {
  return output
    .replaceAll(cluster, 'CLUSTER')
    .replace(/\b[0-9a-f]{12}\b/g, 'ID')
    .replace(/10\.213\.\d+\.\d+/g, 'ADDRESS')
    .replace(/127\.0\.0\.1:\d+/g, 'PAGE')
    .replace(/leader-\d/g, 'leader-N')
    .split(/\s+/)
    .filter(word => word !== '')
    .sort()
}
