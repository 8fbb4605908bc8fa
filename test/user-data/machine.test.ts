import anyTest, { type TestFn } from 'ava'
import { expectedFiles } from '../harness/cases.ts'
import { readDocument, readEnvironment } from '../harness/documents.ts'
import { startMachine } from '../harness/machine.ts'
import { podmanMissing } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'
import { targets } from '../harness/targets.ts'

const test = unless(podmanMissing(), anyTest as TestFn)

test('a real cloud-init writes every file as it was rendered, and a real systemd reads every value', async t => {
  const userData = expectedFiles('every-variable').get('other-leader-1.yaml') ?? ''
  const machine = await startMachine({ userData, files: targets })
  t.teardown(machine.remove)

  for (const { path, content } of readDocument(userData).write_files) {
    t.is((await machine.exec('cat', path)).stdout, content, path)
    if (!path.endsWith('.env')) continue
    // Uses systemd itself, because only systemd determines how it reads an environment file.
    const run = ['systemd-run', '--quiet', '--wait', '--pipe', `--property=EnvironmentFile=${path}`]
    const { stdout } = await machine.exec(...run, 'env', '--null')
    const seen = new Map(stdout.split('\0').map(line => line.split(/=(.*)/s).slice(0, 2) as [string, string]))
    for (const [name, value] of readEnvironment(content)) t.is(seen.get(name), value, `${path}: ${name}`)
  }
  for (const mode of ['leader', 'follower']) {
    const { stdout } = await machine.exec('systemctl', 'is-active', `mesos-${mode}.target`)
    t.is(stdout, 'active\n')
    t.is((await machine.exec('systemctl', 'is-enabled', `mesos-${mode}.target`)).stdout, 'enabled\n')
  }
})
