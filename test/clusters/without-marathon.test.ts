import anyTest, { type TestFn } from 'ava'
import { bakedMissing } from '../harness/baked.ts'
import { localCluster } from '../harness/local-cluster.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)

// Other tests use an image with Marathon and with Java bindings. test/packer/verify.test.ts checks the other two
// combinations.
test('an image without Marathon, and with a Mesos without Java bindings, is baked and forms a cluster', async t => {
  const cluster = await localCluster({ leaders: 1, mode: 'mixed', packages: 'without Marathon' })
  t.teardown(cluster.remove)
  const { code, stderr } = await cluster.run('launch', '--yes')
  t.is(code, 0, stderr)
  const { up, gates, pages } = await cluster.health()
  t.true(up)
  t.is(gates.find(({ name }) => name === 'marathon')?.detail, 'is not in the image')
  t.deepEqual(
    pages.map(({ what }) => what),
    ['Mesos'],
  )
  // A failed unit would have to be investigated.
  t.is(await cluster.sh(cluster.leader(1), 'systemctl is-system-running'), 'running')
  t.is(await cluster.sh(cluster.leader(1), 'systemctl is-active marathon.service || true'), 'inactive')
  t.regex(await cluster.sh(cluster.leader(1), '/usr/lib/mesos-bakery/verify'), /all checks passed/)
  // With the default directory.
  t.regex(await cluster.sh(cluster.leader(1), 'ls /var/lib/mesos'), /^meta$[\s\S]*^replicated_log$/m)
})
