import anyTest, { type TestFn } from 'ava'
import { bakedImage, bakedMissing } from '../harness/baked.ts'
import { localCluster } from '../harness/local-cluster.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)

// The fourth combination, with both, is the image of all other tests.

for (const java of [false, true]) {
  const bindings = java ? 'with' : 'without'
  test(`an image without Marathon, and with a Mesos ${bindings} Java bindings, is baked and forms a cluster`, async t => {
    const cluster = await localCluster({ leaders: 1, mode: 'mixed', packages: { marathon: false, java } })
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
  })
}

test('an image with Marathon, and with a Mesos without Java bindings, is not baked', async t => {
  const { message } = (await t.throwsAsync(bakedImage({ java: false }))) ?? {}
  t.regex(
    message ?? '',
    /libmesos has the Java bindings for Marathon: \S+ was built without Java .* or bake without Marathon/,
  )
})
