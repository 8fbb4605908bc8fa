import test from 'ava'
import { noAwsEnv } from '../harness/aws.ts'
import { compareWithFile } from '../harness/cases.ts'
import { run } from '../harness/command.ts'
import { onTerminal } from '../harness/terminal.ts'

test('launch --dry-run requires neither credentials nor a network', async t => {
  const { code, stdout, stderr } = await run('launch', ['--leaders', '3', '--dry-run'])
  t.is(code, 0, stderr)
  compareWithFile(t, 'test/commands/plan/example.txt', stdout)
  t.is(
    stderr,
    'inventory.yaml not found; using inventory.example.yaml\n' +
      'no AWS credentials found: this plan assumes that nothing of the cluster exists yet\n',
  )
})

test('the plan fits a terminal with 80 columns', async t => {
  const command = 'node --import tsx scripts/launch.ts --dry-run 2>/dev/null'
  const seen = await onTerminal(command, '', { env: { ...noAwsEnv(), NO_COLOR: '1' } })
  const screen = seen.screen.replaceAll('\r', '')
  compareWithFile(t, 'test/commands/plan/example-80.txt', screen)
  for (const line of screen.split('\n')) t.true(line.length <= 80, line)
})

test('launch --dry-run --json prints the plan as JSON', async t => {
  const { code, stdout } = await run('launch', [
    '--leaders',
    '5',
    '--dry-run',
    '--json',
    '--followers',
    '1:3',
  ])
  t.is(code, 0)
  const plan = JSON.parse(stdout)
  t.deepEqual([plan.cluster, plan.target, plan.leaders, plan.quorum], ['cluster1', 'aws', 5, 3])
  t.is(plan.steps.filter(({ kind }: { kind: string }) => kind === 'seat').length, 5)
  const pool = plan.steps.find(({ kind }: { kind: string }) => kind === 'pool')
  t.deepEqual([pool.min, pool.max], [1, 3])
})

test('without credentials, launch, status and destroy report it and change nothing', async t => {
  for (const name of ['launch', 'status', 'destroy']) {
    const { code, stdout, stderr } = await run(name)
    t.is(code, 1)
    t.is(stdout, '')
    t.regex(stderr, /error: AWS: no credentials found \(.*\); set AWS_PROFILE or log in\n$/)
  }
})

const fourLeaders = `error: --leaders: must be odd, got 4 [E012]
     | npm run launch -- --leaders 4 --dry-run
     |                             ^ use 3 or 5
`

test('--leaders 4 is refused before anything else is checked', async t => {
  const { code, stderr } = await run('launch', ['--leaders', '4', '--dry-run'])
  t.is(code, 1)
  t.true(stderr.endsWith(fourLeaders))
})

test('--timeout requires a duration', async t => {
  const { code, stderr } = await run('launch', ['--timeout', 'soon'])
  t.is(code, 2)
  t.regex(stderr, /^error: --timeout must be a duration such as 90s or 10m, got "soon"\n/)
})

test('options that npm consumed are not ignored silently', async t => {
  const npm = (event: string) => ({
    env: { ...noAwsEnv(), npm_lifecycle_event: event, npm_config_dry_run: 'true', npm_config_leaders: '5' },
  })
  const { code, stdout, stderr } = await run('launch', [], npm('launch'))
  t.deepEqual([code, stdout], [2, ''])
  t.regex(
    stderr,
    /^error: npm did not pass on --leaders --dry-run; put options after --: npm run launch -- --leaders --dry-run …\n/,
  )
  // Options of other scripts are ignored.
  t.is((await run('launch', ['--dry-run'], npm('test'))).code, 0)
})
