import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeSecurityGroupsCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2'
import { PutRolePolicyCommand } from '@aws-sdk/client-iam'
import anyTest, { type TestFn } from 'ava'
import type { ShownFinding } from '../../scripts/show/say-findings.ts'
import { noAwsEnv } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { run } from '../harness/command.ts'
import { deny } from '../harness/faults.ts'
import { startTrial } from '../harness/launched.ts'
import { runningIn } from '../harness/page-data.ts'
import { runProgram } from '../harness/programs.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

/** The part of a cluster's name that is before the number of a leader. */
const name = 'ail'

async function closePort({ ec2 }: Cloud, port: number): Promise<void> {
  const Filters = [{ Name: 'group-name', Values: [`mesos-bakery-${name}-leader`] }]
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))
  const [group] = SecurityGroups
  const IpPermissions = group?.IpPermissions?.filter(({ FromPort }) => FromPort === port)
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group?.GroupId, IpPermissions }))
}

test('on EC2, a healthy cluster has no findings; edits of its account and of its nodes are named', async t => {
  const trial = startTrial(t.context, name)
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const healthy = await trial.run('doctor')
  t.is(healthy.code, 0, healthy.stdout)
  t.regex(healthy.stdout, /^ail: no findings, from \d reports of 6 nodes\n$/)

  await closePort(t.context, 5050)
  const role = { RoleName: `mesos-bakery-us-east-1-${name}`, PolicyName: 'consul-auto-join' }
  const Statement = [{ Effect: 'Deny', Action: 'ec2:DescribeInstances', Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await t.context.iam.send(new PutRolePolicyCommand({ ...role, PolicyDocument }))
  const edited = [{ file: '/etc/mesos-bakery/mesos-master.env', lines: ['MESOS_QUORUM=1'] }]
  const evidence = { booted: 1, well: 2, ill: {}, edited }
  const refused = '[ERROR] agent: Cannot discover address: UnauthorizedOperation: no'
  const logs = { 'consul.service': ['consul_token=b1gs33cr3t', refused] }
  await t.context.proxy.consoles({ reports: { [`${name}-leader-2`]: { evidence, logs } } })

  const { code, stdout } = await trial.run('doctor', ['--json'])
  t.is(code, 1)
  const found: readonly ShownFinding[] = JSON.parse(stdout).findings
  t.deepEqual(found.map(({ code, node }) => `${code} ${node}`).toSorted(), [
    'D060 ail-leader-2',
    'D063 null',
    'D064 ail-leader-2',
    'D064 null',
  ])
  t.true(found.every(({ age }) => age === null || age < 60))
  const rules = found.find(({ code }) => code === 'D063')
  t.regex(rules?.evidence ?? '', /^rules mesos-bakery-ail-leader open 5050/)
  t.is(rules?.fix, `npm run launch -- --inventory ${trial.file}`)

  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-archive-'))
  const page = join(folder, 'ail.html')
  await trial.run('status', ['--page', page])
  t.deepEqual(withoutAge(runningIn(page).findings), withoutAge(found))

  const file = join(folder, 'ail.tar.gz')
  const saved = await trial.run('support', ['--out', file])
  t.is(saved.code, 0, saved.stderr)
  t.is(saved.stdout, `${file}: 10 files without secrets, and 4 findings\n`)
  const { output } = runProgram('tar', ['--extract', '--gzip', '--to-stdout', '--file', file])
  t.regex(output, /not available: .*does not say how to connect/)
  t.notRegex(output, /b1gs33cr3t/)
  const offline = await run('doctor', ['--from', file, '--json'], { env: noAwsEnv() })
  t.deepEqual(withoutAge(JSON.parse(offline.stdout).findings), withoutAge(found))
  t.is(offline.code, 1)
})

const withoutAge = (all: readonly ShownFinding[]) => all.map(({ age: _, ...finding }) => finding)

test('a file that is not an archive is refused', async t => {
  const { code, stderr } = await run('doctor', ['--from', 'README.md'], { env: noAwsEnv() })
  t.is(code, 1)
  t.regex(stderr, /^error: tar: .*not in gzip format/s)
})

test('without the right to read consoles, nothing can be said', async t => {
  const trial = startTrial(t.context, 'mute')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  t.context.proxy.fault(deny('GetConsoleOutput'))
  const { code, stdout } = await trial.run('doctor')
  t.is(code, 3)
  t.regex(stdout, /D051 {2}mute-leader-1: .*\n {6}seen .*do not permit ec2:GetConsoleOutput/)
})
