import anyTest, { type TestFn } from 'ava'
import { bakedMissing } from '../harness/baked.ts'
import { type LocalCluster, localCluster } from '../harness/local-cluster.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)
let cluster: LocalCluster

test('five leaders form a cluster with a quorum of three, and a follower sees all five', async t => {
  cluster = await localCluster({ leaders: 5, followers: 1 })
  const { code, stderr } = await cluster.run('launch', '--yes')
  t.is(code, 0, stderr)
  const { nodes } = await cluster.health()
  t.deepEqual(
    nodes.flatMap(({ report }) => report?.master?.quorum ?? []),
    [3, 3, 3, 3, 3],
  )
  const addresses = 'getent ahostsv4 zookeeper.service.consul | cut -d" " -f1 | sort -u | wc -l'
  t.is(await cluster.sh(cluster.follower(1), addresses), '5')
  t.true(Object.values(await cluster.restarts()).every(count => count === 0))
})

anyTest.after.always(() => cluster?.remove())
