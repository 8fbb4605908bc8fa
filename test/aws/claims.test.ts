import { DescribeLaunchTemplateVersionsCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { awsEnv } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { programOf } from '../harness/commands.ts'
import { hook } from '../harness/faults.ts'
import {
  endLeader,
  inventoryOf,
  isWhole,
  seatsOf,
  startTrial,
  type Trial,
  whole,
} from '../harness/launched.ts'
import { onTerminal } from '../harness/terminal.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

/**
 * The numbers of leaders that the running instances were launched for: a single number, otherwise there are two
 * quorums.
 */
async function numbersOf(cloud: Cloud, name: string) {
  const { leaders } = await inventoryOf(cloud, name)
  const tags = leaders.map(({ Tags = [] }) => Tags.find(({ Key }) => Key === 'mesos-bakery:leaders')?.Value)
  return { seats: seatsOf(leaders), numbers: [...new Set(tags)] }
}

const atPrompt = (cloud: Cloud, { file }: Trial, options: string, meanwhile: () => Promise<void>) =>
  onTerminal(`node ${programOf('launch').join(' ')} --inventory ${file} ${options}`, 'y\n', {
    env: awsEnv(cloud.proxy.url),
    meanwhile,
  })

test('a launch that waits at its prompt is refused after a launch with a different number of leaders', async t => {
  const trial = startTrial(t.context, 'prompt')
  const { code, screen } = await atPrompt(t.context, trial, '--leaders 5', async () => {
    const other = await trial.run('launch', ['--leaders', '3', '--yes'])
    t.is(other.code, 0, other.stderr)
  })
  t.is(code, 1, screen)
  t.regex(
    screen.replaceAll(/\s+/g, ' '),
    /another launch has claimed the cluster since this plan was made: 3 leaders, claimed by arn:aws:\S+ at \S+, not 5; this run started nothing/,
  )
  t.deepEqual(await numbersOf(t.context, 'prompt'), { seats: ['1', '2', '3'], numbers: ['3'] })
  t.deepEqual(await isWhole(t.context, 'prompt'), whole)
  t.is((await trial.run('launch', ['--leaders', '3', '--yes'])).code, 0)
})

test('of two simultaneous launches of 3 and of 5 leaders, one fails and reports the other', async t => {
  for (const round of [1, 2]) {
    const trial = startTrial(t.context, `moment${round}`)
    const runs = await Promise.all(
      [3, 5].map(async leaders => trial.run('launch', ['--leaders', String(leaders), '--yes'])),
    )
    const said = runs.map(({ stderr }) => stderr).join('\n---\n')
    t.deepEqual(runs.map(({ code }) => code).sort(), [0, 1], said)
    t.regex(said, /claimed by arn:aws:\S+ at \d/)
    const { seats, numbers } = await numbersOf(t.context, trial.name)
    t.deepEqual(numbers, [String(seats.length)])
  }
})

test('a plan from before a change of an agreed variable starts nothing', async t => {
  const trial = startTrial(t.context, 'agreed')
  const { code, screen } = await atPrompt(t.context, trial, '', async () => {
    t.is((await trial.run('launch', ['--yes', '--set', 'mesos_zk_chroot=other'])).code, 0)
  })
  t.is(code, 1, screen)
  t.regex(
    screen.replaceAll(/\s+/g, ' '),
    /with different values of variables that must be the same on all nodes/,
  )
  const status = await trial.run('status', ['--json', '--set', 'mesos_zk_chroot=other'])
  t.true(
    JSON.parse(status.stdout).seats.every(({ userData }: { userData: string }) => userData === 'current'),
  )
})

test('changing an agreed variable is refused while leaders run, before anything is changed', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'chroot')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  await endLeader(t.context, 'chroot', 1)
  const before = proxy.calls.length
  const { code, stderr } = await trial.run('launch', ['--yes', '--set', 'mesos_zk_chroot=other'])
  t.is(code, 1)
  t.regex(
    stderr,
    /mesos_zk_chroot: is "mesos" on the running cluster and must be the same on all nodes; got "other"/,
  )
  t.false(proxy.calls.slice(before).some(({ action }) => /^(Create|Run|Authorize|Revoke)/.test(action)))
})

test('a seat keeps its network interface and its address when its machine is replaced', async t => {
  const trial = startTrial(t.context, 'address')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const addressOf = async (seat: string) =>
    (await inventoryOf(t.context, 'address')).leaders.find(one => seatsOf([one])[0] === seat)
      ?.PrivateIpAddress
  const was = await addressOf('2')
  await endLeader(t.context, 'address', 2)
  const { code, stderr } = await trial.run('launch', ['--yes'])
  t.is(code, 0, stderr)
  t.truthy(was)
  t.is(await addressOf('2'), was)
})

test('without a quorum a launch starts nothing; --recover first restores the quorum, then fills the other seats', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'quorum')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  t.is((await trial.run('status')).code, 0)
  await endLeader(t.context, 'quorum', 1)
  t.is((await trial.run('status')).code, 3)
  await endLeader(t.context, 'quorum', 2)
  t.is((await trial.run('status')).code, 4)
  const before = proxy.calls.length
  const refused = await trial.run('launch', ['--yes'])
  t.is(refused.code, 1)
  t.regex(
    refused.stderr,
    /leaders: 2 of 3 leaders are missing and only 1 is running, less than the quorum of 2; /,
  )
  t.false(proxy.calls.slice(before).some(({ action }) => /^(Create|Run)/.test(action)))

  const recovered = await trial.run('launch', ['--yes', '--recover'])
  t.is(recovered.code, 0, recovered.stderr)
  t.regex(
    recovered.stderr,
    /Not launched until these leaders have caught up: quorum-leader-2; see docs\/recovery\.md/,
  )
  t.deepEqual(seatsOf((await inventoryOf(t.context, 'quorum')).leaders), ['1', '3'], recovered.stderr)
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  t.deepEqual(seatsOf((await inventoryOf(t.context, 'quorum')).leaders), ['1', '2', '3'])
})

test('empty seats are filled one at a time, and only while a quorum of the existing leaders runs', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'turns')
  t.is((await trial.run('launch', ['--yes', '--leaders', '5'])).code, 0)
  for (const seat of [1, 2]) await endLeader(t.context, 'turns', seat)
  // Another leader is terminated between the two runs.
  const end = async () => void (await endLeader(t.context, 'turns', 3))
  proxy.fault(hook('RunInstances', end, { skip: 1, times: 1 }))
  const { code, stderr } = await trial.run('launch', ['--yes', '--leaders', '5'])
  t.is(code, 1)
  t.regex(stderr, /turns-leader-2: only 2 of the existing leaders are still running, but 3 are required/)
  t.deepEqual(seatsOf((await inventoryOf(t.context, 'turns')).leaders), ['1', '4', '5'])
})

test('claims contain who created them, and only destroy deletes them', async t => {
  const trial = startTrial(t.context, 'named')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const { LaunchTemplateVersions = [] } = await t.context.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: 'mesos-bakery/named/claim' }),
  )
  t.deepEqual(
    LaunchTemplateVersions.map(({ VersionNumber, VersionDescription }) => [
      VersionNumber,
      VersionDescription,
    ]),
    [[1, '3 leaders, quorum 2; follows version 0']],
  )
  const { leaders } = await inventoryOf(t.context, 'named')
  await t.throwsAsync(
    t.context.ec2.send(new TerminateInstancesCommand({ InstanceIds: [leaders[0]?.InstanceId ?? ''] })),
    { name: 'OperationNotPermitted' },
  )
  t.is((await trial.run('destroy', ['--yes'])).code, 0)
  t.is((await inventoryOf(t.context, 'named')).interfaces.length, 0)
})
