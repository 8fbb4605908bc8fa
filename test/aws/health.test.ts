import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { deny } from '../harness/faults.ts'
import { inventoryText, startTrial } from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const ill = {
  cloud_init: { status: 'error', errors: ["('scripts_user', RuntimeError('Runparts: 1 failures'))"] },
  units: [{ name: 'consul.service', active: 'failed', sub: 'failed', restarts: 5, result: 'exit-code' }],
  logs: {
    'consul.service': ['==> failed to parse /etc/consul.d/extra.json: invalid character'],
    'cloud-final.service': ['Failed to run module scripts_user'],
  },
}

test('a launch stops at once when a node cannot become healthy, and shows the unit and its log', async t => {
  await t.context.proxy.consoles({ reports: { 'sick-leader-2': ill } })
  const trial = startTrial(t.context, 'sick')
  const { code, stdout, stderr } = await trial.run('launch', ['--yes', '--timeout', '5m'])
  t.is(code, 1)
  t.is(stdout, '')
  t.regex(stderr, /the cluster is not healthy:\n/)
  t.regex(stderr, /sick-leader-2, cloud-final\.service: finished with errors: .*Runparts: 1 failures/)
  t.regex(stderr, /\n {6}Failed to run module scripts_user\n/)
  t.regex(stderr, /run the same command again to keep waiting\.\n$/)

  const status = await trial.run('status')
  t.is(status.code, 3)
  t.regex(status.stdout, /✗ cloud-init +5 of 6 done; sick-leader-2 finished with errors/)
})

test('a launch that times out names the gates that are not green', async t => {
  const report = { marathon: { health: false, leader: null } }
  await t.context.proxy.consoles({ reports: { 'late-leader-3': report } })
  const { code, stderr } = await startTrial(t.context, 'late').run('launch', ['--yes', '--timeout', '6s'])
  t.is(code, 1)
  t.regex(stderr, / {2}marathon: 2 of 3 answer\n {4}late-leader-3, marathon\.service: does not answer/)
})

test('without the right to read consoles, status shows the machines and no gate is green', async t => {
  const trial = startTrial(t.context, 'blind')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  t.context.proxy.fault(deny('GetConsoleOutput'))
  const status = await trial.run('status')
  t.is(status.code, 3)
  t.regex(status.stdout, /^blind: 3 of 3 leaders running, quorum 2\n/)
  t.regex(status.stdout, /blind-leader-1 +i-[0-9a-f]+ +running, no report +10\./)
  t.regex(status.stdout, /· machines .*the credentials do not permit ec2:GetConsoleOutput/)
  t.notRegex(status.stdout, /✓/)
  const launch = await trial.run('launch', ['--yes'])
  t.is(launch.code, 1)
  t.regex(launch.stderr, /denied access: .*GetConsoleOutput.*docs\/aws\.md/)
})

test('a cluster on instance types without Nitro is launched, with a warning that its health is not known', async t => {
  const text = inventoryText(t.context, 'old')
    .replace('instance_type: m6g.large, ', '')
    .replaceAll(' subnets:', ' instance_type: m4.large, subnets:')
  const trial = startTrial(t.context, 'old', text)
  const { code, stdout, stderr } = await trial.run('launch', ['--yes'])
  t.is(code, 0, stderr)
  t.regex(
    stderr,
    /warning: groups\.leaders\.instance_type: m4\.large does not use the Nitro System.*\[W035\]/,
  )
  t.regex(stdout, /· machines .*its instance type does not use the Nitro System/)
  t.is((await trial.run('status')).code, 3)
  t.like(await trial.run('logs', ['--node', 'old-leader-1', '--boot']), { code: 0, stderr: '' })
})

test('of a large pool, the consoles are read only while the elected master counts too few followers', async t => {
  const { proxy, autoScaling } = t.context
  const [a] = t.context.account.subnets
  const text = `cluster: many
groups:
  leaders: { vars: { mesos_mode: leader }, count: 1, subnets: [${a}] }
  web: { min: 30, max: 60, subnets: [${a}] }
`
  const trial = startTrial(t.context, 'many', text)
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const reads = async () => {
    const before = proxy.calls.length
    const { stdout } = await trial.run('status')
    return {
      stdout,
      reads: proxy.calls.slice(before).filter(one => one.action === 'GetConsoleOutput').length,
    }
  }
  const well = await reads()
  t.is(well.reads, 1)
  t.regex(well.stdout, /many-web +30 machines +30 in service, 30 to 60 +- +- +- +30 registered/)
  t.notRegex(well.stdout, /\n {2}i-/)

  const groups = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['many-web'] })
  const [pool] = (await autoScaling.send(groups)).AutoScalingGroups ?? []
  const id = pool?.Instances?.[12]?.InstanceId ?? ''
  const agent = { health: true, registered: false, id: null, master: null }
  const elected = {
    health: true,
    leader: '10.0.0.1:5050',
    elected: true,
    quorum: 1,
    recovered: true,
    slaves: 29,
  }
  await proxy.consoles({ reports: { [id]: { agent }, 'many-leader-1': { master: elected } } })
  const short = await reads()
  t.true(short.reads >= 31 && short.reads <= 36, String(short.reads))
  t.regex(short.stdout, new RegExp(`followers +29 of 30 registered; ${id} is not registered`))
  t.regex(short.stdout, new RegExp(`\\n {2}${id} +- +running`))
})
