import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { bakedMissing, bakedSettings } from '../harness/baked.ts'
import { run } from '../harness/command.ts'
import { tryPodman } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)

test('the demo launches a cluster, kills the elected leader, shows the next one, and leaves nothing behind', async t => {
  const begin = Date.now()
  const { code, stdout, stderr } = await run('project/demo', ['--yes'])
  t.is(code, 0, stderr)
  t.regex(stderr, /^This demo launches the cluster "demo" in containers/)
  const [, killed] = /kill (demo-leader-\d)/.exec(stdout) ?? []
  const [, next] = /^(demo-leader-\d) was elected after/m.exec(stdout) ?? []
  t.truthy(killed)
  t.truthy(next)
  t.not(next, killed)
  t.regex(stdout, /both followers registered with it/)
  t.regex(stdout, /demo is destroyed\./)
  // Shown by the plans and by their results.
  t.is(`${stdout}${stderr}`.match(/^Mesos and Marathon are stand-ins\.$/gm)?.length, 4)
  t.log(`took ${(Date.now() - begin) / 1_000} s`)
  const left = await tryPodman('ps', '--all', '--quiet', '--filter', 'label=mesos-bakery.cluster=demo')
  t.is(left.stdout, '')
})

test('the demo describes what it will do and asks, and changes nothing without confirmation', async t => {
  const { code, stdout, stderr } = await run('project/demo')
  t.is(code, 2)
  t.is(stdout, '')
  t.regex(stderr, /kills its elected leader, waits until\nanother one is elected/)
  t.regex(stderr, /^error: not running in a terminal; pass --yes to confirm$/m)
})

test('stand-ins do not replace a package that the inventory names', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-named-'))
  const file = join(folder, 'inventory.yaml')
  const inventory = {
    cluster: 'named',
    target: 'local',
    image: await bakedSettings(),
    groups: { all: { vars: { mesos_mode: 'mixed' }, count: 1 } },
  }
  writeFileSync(file, JSON.stringify(inventory))
  const { code, stdout, stderr } = await run('launch', ['--inventory', file, '--stand-ins'])
  t.is(code, 1)
  t.is(stdout, '')
  t.regex(stderr, /^error: --stand-ins: the inventory has a Mesos package in image\.artifacts/)
  t.regex(stderr, /\^{11}/)
})
