import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { startTrial } from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

/** A listing without instance IDs. */
const nameless = (text: string) => text.replace(/i-[0-9a-f]{17}/g, 'i-…')

test('render --diff shows the differences from the running user data, node by node', async t => {
  const trial = startTrial(t.context, 'differ')
  const { stdout: before } = await trial.run('render', ['--diff'])
  t.deepEqual(before.split('\n').slice(0, 2), [
    '· differ-leader-1: not running',
    '· differ-leader-2: not running',
  ])
  t.is((await trial.run('launch', ['--yes'])).code, 0)

  const same = await trial.run('render', ['--diff'])
  t.is(same.code, 0, same.stderr)
  t.is(
    nameless(same.stdout),
    [
      '= differ-leader-1 (i-…): unchanged',
      '= differ-leader-2 (i-…): unchanged',
      '= differ-leader-3 (i-…): unchanged',
      '= differ-web (version 1, 2 machines): unchanged',
      '= differ-batch (version 1, 1 machine): unchanged',
      '',
    ].join('\n'),
  )

  const change = ['--set', 'mesos_attributes={rack: r2}']
  const changed = await trial.run('render', ['--diff', ...change, '--node', 'differ-web'])
  t.is(
    changed.stdout,
    [
      '~ differ-web (version 1, 2 machines): 1 line changed',
      '    line 48',
      '           MESOS_PORT=5051',
      '           MESOS_RUNTIME_DIR="/run/mesos-agent"',
      '           MESOS_WORK_DIR="/var/run/mesos"',
      '    +      MESOS_ATTRIBUTES="rack:r2"',
      '       - path: /etc/consul.d/mesos-follower.json',
      '         content: |',
      '           {',
      '',
    ].join('\n'),
  )

  // A launch creates a version of the template, and the pool stays at the version that it runs.
  t.is((await trial.run('launch', [...change, '--yes'])).code, 0)
  const { stdout } = await trial.run('render', ['--diff', ...change, '--json', '--node', 'differ-web'])
  const { nodes } = JSON.parse(stdout) as { nodes: { holder: string; same: boolean }[] }
  t.deepEqual(
    nodes.map(({ holder, same }) => [holder, same]),
    [['version 1, 2 machines', false]],
  )
  t.is((await trial.run('render', ['--diff', '--format', 'gzip'])).code, 2)
})
