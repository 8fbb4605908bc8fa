import anyTest, { type TestFn } from 'ava'
import { bakedMissing } from '../harness/baked.ts'
import { type LocalCluster, localCluster } from '../harness/local-cluster.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)
let cluster: LocalCluster

test('a single mixed machine is a complete cluster', async t => {
  cluster = await localCluster({ leaders: 1, followers: 2, mode: 'mixed' })
  const { code, stderr, stdout } = await cluster.run('launch', '--followers', '0', '--yes')
  t.is(code, 0, stderr)
  t.regex(stdout, /elected, registered/)
  t.regex(stdout, /✓ followers +1 of 1 registered/)
  t.is(
    await cluster.sh(cluster.leader(1), 'ls -d /var/lib/mesos/replicated_log /var/lib/mesos/meta | wc -l'),
    '2',
  )
})

test('two followers join it', async t => {
  const { code, stderr, stdout } = await cluster.run('launch', '--yes')
  t.is(code, 0, stderr)
  t.regex(stdout, /✓ followers +3 of 3 registered/)
  t.true(Object.values(await cluster.restarts()).every(count => count === 0))
})

anyTest.after.always(() => cluster?.remove())
