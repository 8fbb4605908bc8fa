import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeInstancesCommand,
  ImportKeyPairCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { type BootingCloud, startBootingCloud } from '../cloud/booting-cloud.ts'
import { BUCKET } from '../cloud/endpoint.ts'
import { clientConfig } from '../harness/aws.ts'
import { bakedMissing } from '../harness/baked.ts'
import { deny, fail, hook } from '../harness/faults.ts'
import { endLeader, gone, inventoryOf, isWhole, startTrial, type Trial } from '../harness/launched.ts'
import { type Health, until } from '../harness/local-cluster.ts'
import { motoMissing } from '../harness/moto.ts'
import { podman } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'
import { makeSshKey, type SshKey } from '../harness/ssh-key.ts'
import { startWriter } from '../harness/zookeeper-writer.ts'

// Launches clusters on an EC2 whose instances boot: test/cloud/. The tests use one cluster, in this order.

const test = unless(bakedMissing() ?? motoMissing(), anyTest as TestFn)
let cloud: BootingCloud
let trial: Trial
let key: SshKey

anyTest.serial.before(async () => {
  if (bakedMissing() ?? motoMissing()) return
  cloud = await startBootingCloud()
  key = await makeSshKey()
  trial = startTrial(cloud, `ec2-${process.pid}`, inventory(`ec2-${process.pid}`, await openSsh()))
})
anyTest.after.always(async () => {
  await cloud?.stop()
  await key?.remove()
})

test('launch boots three leaders and a pool, which join by themselves, and waits until they are healthy', async t => {
  let began = Number.NaN
  const remove = atLaunch(() => {
    began = Date.now()
  })
  const { code, stdout, stderr } = await trial.run('launch', ['--leaders', '3', '--yes', '--timeout', '5m'])
  const seconds = (Date.now() - began) / 1_000
  remove()
  t.is(code, 0, stderr)
  t.log(`healthy ${seconds.toFixed(1)} s after RunInstances`)
  t.regex(stdout, /✓ machines +5 of 5 running and reporting\n/)
  t.regex(stdout, /✓ marathon +3 of 3 answer\n/)
  const { gates, nodes } = await health()
  t.deepEqual(notGreen(gates), [])
  t.is(nodes.length, 5)
  const joins = cloud.proxy.calls.filter(
    ({ action, params }) =>
      action === 'DescribeInstances' && params['Filter.1.Name'] === 'tag:mesos-bakery:join',
  )
  t.true(joins.length >= 5, 'every machine asks the API for the servers')
})

test('every machine finds ZooKeeper under three addresses, and retries to join at short intervals', async t => {
  const ask = `getent ahostsv4 zookeeper.service.consul | cut -d' ' -f1 | sort -u | wc -l
    curl -s http://127.0.0.1:8500/v1/agent/self | jq -r .DebugConfig.RetryJoinIntervalLAN`
  for (const id of await runningIds()) t.is(await sh(id, ask), '3\n10s')
})

test('cloud-init received exactly the bytes that render prints', async t => {
  const { stdout } = await trial.run('render', ['--json', '--leaders', '3'])
  const { nodes } = JSON.parse(stdout) as { nodes: { name: string; sha256: string; userData: string }[] }
  const sums = new Map(nodes.map(({ name, userData }) => [name, sumOf(userData)]))
  t.deepEqual(new Map(nodes.map(({ name, sha256 }) => [name, sha256])), sums)
  const booted = await Promise.all(
    (await running()).map(async ({ id, name }) => [
      name,
      (await sh(id, 'sha256sum /var/lib/cloud/instance/user-data.txt')).slice(0, 64),
    ]),
  )
  t.is(booted.length, 5)
  for (const [name = '', sum] of booted) t.is(sum, sums.get(name), name)
})

test('only the ports that the security groups open are reachable', async t => {
  const all = await running()
  const leader = all.find(({ name }) => name.endsWith('-leader-1'))
  const follower = all.find(({ name }) => name.endsWith('-web'))
  const reaches = (id: string, host: string, port: number) =>
    sh(id, `timeout 2 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo yes || echo no`)
  const [from, to] = [follower?.id ?? '', leader?.address ?? '']
  t.is(await reaches(from, to, 2181), 'yes')
  t.is(await reaches(from, to, 2888), 'no')
  t.is(await reaches(leader?.id ?? '', '127.0.0.1', 22), 'yes')
  t.is(await reaches(from, to, 22), 'no')
})

test('shell reaches the instances with ssh, and verifies the host keys of their consoles', async t => {
  const follower = (await running()).find(({ name }) => name.endsWith('-web'))
  for (const node of [`${trial.name}-leader-1`, follower?.id ?? '']) {
    const { code, stdout, stderr } = await trial.run('shell', ['--node', node, '--command', 'sudo id -u'])
    t.deepEqual({ code, stdout }, { code: 0, stdout: '0\n' }, stderr)
  }
  const logs = await trial.run('logs', ['--node', `${trial.name}-leader-1`, '--unit', 'mesos-bakery-seat'])
  t.regex(logs.stdout, /registered ec2-\d+-leader-1 as /, logs.stderr)
})

test('no health check passes if the consoles may not be read', async t => {
  const allow = cloud.proxy.fault(deny('GetConsoleOutput'))
  const { gates } = await health()
  allow()
  t.deepEqual(
    gates.filter(({ state }) => state === 'green').map(({ name }) => name),
    [],
  )
})

test('a node whose report is torn on the console is not healthy', async t => {
  const [{ id } = { id: '' }] = (await running()).filter(({ name }) => name.endsWith('-leader-2'))
  cloud.machines.consoles.set(id, text => text.replaceAll('{"cloud_init"', '{[ 1.5] kernel: "cloud_init"'))
  const { gates } = await health()
  cloud.machines.consoles.delete(id)
  t.deepEqual(notGreen(gates)[0], 'machines')
  t.deepEqual(notGreen((await health()).gates), [])
})

test('a leader is restarted with other user data and keeps its disk, and the other machines are not affected', async t => {
  const { elected } = await health()
  const machines = await running()
  const restarts = await restartsOf(machines)
  const one = machines.find(({ name }) => name.includes('-leader-') && name !== elected)
  const { id = '', name = '' } = one ?? {}
  await sh(id, 'echo kept >/var/lib/kept')
  const keys = await sh(id, 'cat /etc/ssh/ssh_host_*_key.pub')
  const set = ['--set', 'mesos_leader_options={max_completed_frameworks: 7}']
  const { code, stderr } = await trial.run('replace', ['--node', name, '--keep-disk', '--yes', ...set])
  t.is(code, 0, stderr)
  t.is(await sh(id, 'cat /var/lib/kept'), 'kept')
  t.is(await sh(id, 'cat /etc/ssh/ssh_host_*_key.pub'), keys)
  t.is(
    await sh(id, 'grep MAX_COMPLETED_FRAMEWORKS /etc/mesos-bakery/mesos-master.env'),
    'MESOS_MAX_COMPLETED_FRAMEWORKS="7"',
  )
  const others = machines.filter(other => other.id !== id)
  t.deepEqual(
    await restartsOf(others),
    new Map(others.map(other => [other.id, restarts.get(other.id) ?? ''])),
  )
})

test('after the elected leader is terminated, another is elected, and launch restores the seat', async t => {
  const before = await health()
  const restarts = await restartsOf(await running())
  const seat = Number(/\d$/.exec(before.elected ?? '')?.[0])
  const ended = await endLeader(cloud, trial.name, seat)
  const { after } = await until('another leader is elected', 60, async () => {
    const { code, stdout } = await trial.run('status', ['--json'])
    const { elected } = JSON.parse(stdout).health as Health
    return code === 3 && elected !== null && elected !== before.elected
  })
  t.log(`another leader was elected ${after.toFixed(1)} s later`)

  // Port 2888, which followers of ZooKeeper use, is closed as soon as the new instance exists.
  const revoke = await revocationOf(2888)
  const remove = atLaunch(async () => void (await cloud.ec2.send(revoke)))
  const { code, stderr } = await trial.run('launch', ['--yes', '--timeout', '60s'])
  remove()
  t.is(code, 1)
  t.regex(stderr, new RegExp(`zookeeper:.*\n +${before.elected}, zookeeper.service: does not serve requests`))

  const again = await trial.run('launch', ['--yes', '--timeout', '3m'])
  t.is(again.code, 0, again.stderr)
  const now = await health()
  t.deepEqual(notGreen(now.gates), [])
  t.false(now.nodes.some(({ machine }) => machine === ended))
  const others = (await running()).filter(({ id }) => restarts.has(id))
  t.is(others.length, 4)
  t.deepEqual(await restartsOf(others), new Map(others.map(({ id }) => [id, restarts.get(id) ?? ''])))
})

test('a port that is closed is noticed, and launch opens it again', async t => {
  const leaders = (await running()).filter(({ name }) => name.includes('-leader-'))
  await cloud.ec2.send(await revocationOf(8300))
  await cloud.machines.settle()
  // Security groups do not interrupt existing connections.
  await sh(leaders[0]?.id ?? '', 'systemctl restart consul')
  const dropped = `journalctl --unit consul --since -60s | grep -q ':8300: i/o timeout' && echo yes`
  const { after } = await until('Consul cannot reach its peers', 60, () =>
    Promise.any(leaders.map(({ id }) => sh(id, dropped))),
  )
  t.log(`Consul gave up a connection after ${after.toFixed(1)} s`)
  t.true(notGreen((await health()).gates).includes('consul'))
  const { code, stderr } = await trial.run('launch', ['--yes', '--timeout', '3m'])
  t.regex(stderr, /rules +mesos-bakery-ec2-\d+-leader +open 8300\n/)
  t.is(code, 0, stderr)
})

test('replace gives a leader a new machine, names a permission that its instance profile lacks, and the others stay', async t => {
  const node = `${trial.name}-leader-1`
  const before = await running()
  await cloud.machines.settle()
  // The other servers look for a server that has failed at its address, which the new machine takes over. They do not look
  // for one that has left, so the new machine has to find them.
  const leave =
    '. /etc/mesos-bakery/node.env; export CONSUL_HTTP_ADDR; timeout 30 consul leave; systemctl stop consul'
  await sh(before.find(({ name }) => name === node)?.id ?? '', leave)
  // The new machine may not ask for the servers of Consul, as if its instance profile lacked this permission.
  const join = deny('DescribeInstances')
  const asksToJoin = ({ params }: { params: Record<string, string> }) =>
    params['Filter.1.Name'] === 'tag:mesos-bakery:join'
  const allow = cloud.proxy.fault({
    ...join,
    matches: request => join.matches(request) && asksToJoin(request),
  })
  const denied = await trial.run('replace', ['--node', node, '--yes', '--timeout', '45s'])
  allow()
  t.is(denied.code, 1)
  t.regex(denied.stderr, new RegExp(`consul: .*\n +${node}, consul.service: .*(\\n.*)*UnauthorizedOperation`))
  const { code, stderr } = await trial.run('launch', ['--yes', '--timeout', '4m'])
  t.is(code, 0, stderr)
  const now = await running()
  const kept = now.filter(({ id }) => before.some(other => other.id === id))
  t.deepEqual(
    kept,
    before.filter(({ name }) => name !== node),
  )
  t.is(now.find(({ name }) => name === node)?.address, before.find(({ name }) => name === node)?.address)
})

test('the other leaders are replaced one after the other, and no write is lost', async t => {
  const before = await running()
  const addresses = before.flatMap(({ name, address }) => (name.includes('-leader-') ? [address] : []))
  const follower = before.find(({ name }) => name.endsWith('-web'))?.id ?? ''
  const pid = await podman('inspect', '--format', '{{.State.Pid}}', follower)
  const writer = startWriter(addresses.join(','), pid)
  for (const seat of [2, 3]) {
    await cloud.machines.settle()
    const node = `${trial.name}-leader-${seat}`
    const { code, stderr } = await trial.run('replace', ['--node', node, '--yes', '--timeout', '4m'])
    t.is(code, 0, stderr)
  }
  const { acknowledged, lost, gap } = await writer.end()
  t.log(`${acknowledged} writes acknowledged, ${lost} lost, at most ${gap.toFixed(1)} s without one`)
  t.true(acknowledged > 100)
  t.is(lost, 0)
  const kept = (await running()).filter(({ id }) => before.some(other => other.id === id))
  t.deepEqual(
    kept.map(({ name }) => name),
    before.flatMap(({ name }) => (/-leader-[23]$/.test(name) ? [] : [name])),
  )
})

test('an instance that leaves its pool is drained by the elected leader before it ends', async t => {
  const group = { AutoScalingGroupName: `${trial.name}-web` }
  const { elected } = await health()
  const leader = (await running()).find(({ name }) => name === elected)?.id ?? ''
  const followers = (await running()).filter(({ name }) => name.endsWith('-web'))
  await cloud.autoScaling.send(
    new UpdateAutoScalingGroupCommand({ ...group, MinSize: 1, DesiredCapacity: followers.length - 1 }),
  )
  const began = Date.now()
  await cloud.machines.settle()
  const { after } = await until('the instance ends', 90, async () => (await running()).length === 4)
  t.log(`an agent without tasks was drained, and its instance ended, after ${after.toFixed(1)} s`)
  t.true(Date.now() - began < 60_000)
  const journal = await sh(leader, 'journalctl --unit mesos-bakery-drain --output cat')
  t.regex(journal, /draining agent \S+-S\d+: its tasks have 30 s to stop$/m)
  t.regex(journal, /Auto Scaling terminates the machine$/m)
  t.is(cloud.proxy.calls.filter(({ action }) => action === 'CompleteLifecycleAction').length, 1)
  await cloud.autoScaling.send(
    new UpdateAutoScalingGroupCommand({ ...group, MinSize: 2, DesiredCapacity: followers.length }),
  )
  await until('the cluster is healthy', 120, async () => (await health()).up)
})

test('a roll replaces the instances of a pool after a canary, and drains each before it ends', async t => {
  const followers = async () => (await running()).filter(({ name }) => name.endsWith('-web'))
  const completed = () =>
    cloud.proxy.calls.filter(({ action }) => action === 'CompleteLifecycleAction').length
  const before = { ids: (await followers()).map(({ id }) => id), completed: completed() }
  const leaders = (await running()).filter(({ name }) => name.includes('-leader-'))
  const restarts = await restartsOf(leaders)
  const args = ['--pool', `${trial.name}-web`, '--yes', '--set', 'mesos_attributes={rack: r2}']
  const began = Date.now()
  const { code, stderr } = await trial.run('roll', args)
  t.is(code, 0, stderr)
  t.log(`two instances were replaced in ${((Date.now() - began) / 1_000).toFixed(0)} s`)
  const now = await followers()
  t.is(now.length, 2)
  for (const { id } of now) {
    t.false(before.ids.includes(id))
    t.is(await sh(id, 'grep ATTRIBUTES /etc/mesos-bakery/mesos-agent.env'), 'MESOS_ATTRIBUTES="rack:r2"')
  }
  t.is(completed() - before.completed, before.ids.length)
  t.deepEqual(await restartsOf(leaders), restarts)
})

test('the seat of a zone that has failed moves to another subnet and address, and nothing else restarts', async t => {
  const node = `${trial.name}-leader-3`
  const before = await running()
  await endLeader(cloud, trial.name, 3)
  const impaired = { status: 400, code: 'Unsupported', message: 'The zone is impaired.' }
  const recovers = cloud.proxy.fault(fail('RunInstances', impaired, { skip: 1 }))
  const stuck = await trial.run('launch', ['--yes'])
  recovers()
  t.is(stuck.code, 1)
  const [, subnet = ''] = /set it to (subnet-\w+) or subnet-\w+ and run launch again/.exec(stuck.stderr) ?? []
  const restarts = await restartsOf(await running())
  const moved = JSON.parse(readFileSync(trial.file, 'utf8'))
  moved.groups.all.seats = { 3: { subnet } }
  trial = startTrial(cloud, trial.name, JSON.stringify(moved))
  const { code, stderr } = await trial.run('launch', ['--yes', '--timeout', '4m'])
  t.is(code, 0, stderr)
  const now = await running()
  const addressOf = (machines: typeof now) => machines.find(({ name }) => name === node)?.address
  t.not(addressOf(now), addressOf(before))
  const others = now.filter(({ id }) => restarts.has(id))
  t.is(others.length, 4)
  t.deepEqual(await restartsOf(others), restarts)
})

test('a machine that dies or does not boot, a failure of cloud-init, a bad directory and a bad program are reported with their cause', async t => {
  // Clusters at the same time, because most of this time is spent waiting.
  await Promise.all([machineDies(t), cloudInitFails(t), neverBoots(t), daemonsDoNotStart(t)])
})

test('an instance boots with user data that is stored in S3', async t => {
  const name = `stored-${process.pid}`
  const s3 = new S3Client(clientConfig(cloud.proxy.url))
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
  // So random that it does not fit when it is compressed.
  const content = randomBytes(20_000).toString('hex')
  const extra = { user_data_extra: { write_files: [{ path: '/etc/motd', content }] } }
  const text = JSON.stringify({ ...JSON.parse(single(name, extra)), user_data_bucket: BUCKET })
  const stored = startTrial(cloud, name, text)
  const { code, stderr } = await stored.run('launch', ['--yes', '--timeout', '2m'])
  t.is(code, 0, stderr)
  t.regex(stderr, /bytes in s3:/)
  const [machine] = await running(name)
  t.is(await sh(machine?.id ?? '', 'cat /etc/motd'), content)
  t.is((await stored.run('destroy', ['--yes'])).code, 0)
})

test('destroy leaves no instance and no container', async t => {
  const ids = await runningIds()
  const { code, stderr } = await trial.run('destroy', ['--yes'])
  t.is(code, 0, stderr)
  t.deepEqual(await isWhole(cloud, trial.name), gone)
  await cloud.machines.settle()
  const names = (await podman('ps', '--all', '--format', '{{.Names}}')).split('\n')
  t.deepEqual(
    ids.filter(id => names.includes(id)),
    [],
  )
})

/** It is noticed, although EC2 still describes it as running. */
async function machineDies(t: ExecutionContext): Promise<void> {
  const [{ id, name } = { id: '', name: '' }] = (await running()).filter(one =>
    one.name.endsWith('-leader-3'),
  )
  await cloud.machines.kill(id)
  const { after } = await until('status says that it has stopped reporting', 90, async () => {
    const { stdout } = await trial.run('status', ['--json'])
    const { nodes } = JSON.parse(stdout).health as { nodes: { name: string; reason: string | null }[] }
    return nodes.some(one => one.name === name && /stopped reporting/.test(one.reason ?? ''))
  })
  t.log(`noticed after ${after.toFixed(1)} s`)
}

async function cloudInitFails(t: ExecutionContext): Promise<void> {
  const name = `fails-${process.pid}`
  const vars = {
    user_data_extra: { runcmd: [['sh', '-c', 'echo the license server is unreachable >&2; exit 7']] },
  }
  const fails = startTrial(cloud, name, single(name, vars))
  const began = Date.now()
  const { code, stderr } = await fails.run('launch', ['--yes', '--timeout', '3m'])
  t.log(`reported ${((Date.now() - began) / 1_000).toFixed(1)} s after the start of launch`)
  t.is(code, 1)
  t.regex(stderr, new RegExp(`cloud-init:.*\n +${name}-leader-1, cloud-final.service: finished with errors`))
  t.regex(stderr, /the license server is unreachable/)
  t.is((await fails.run('destroy', ['--yes'])).code, 0)
}

/** It is reported with the end of its console. */
async function neverBoots(t: ExecutionContext): Promise<void> {
  const name = `dead-${process.pid}`
  cloud.machines.neverBoots.add(`${name}-leader-1`)
  const dead = startTrial(cloud, name, single(name))
  const { code, stderr } = await dead.run('launch', ['--yes', '--timeout', '20s'])
  t.is(code, 1)
  t.regex(stderr, new RegExp(`machines: 0 of 1 .*\n +${name}-leader-1: has not reported yet`))
  t.regex(stderr, /Kernel panic/)
  t.is((await dead.run('destroy', ['--yes'])).code, 0)
}

/** ZooKeeper has a data directory in which it cannot write, and the Mesos master cannot be executed. */
async function daemonsDoNotStart(t: ExecutionContext): Promise<void> {
  const name = `broken-${process.pid}`
  const vars = {
    zookeeper_data_dir: '/var/lib/shells.state/nowhere',
    user_data_extra: { bootcmd: [['chmod', 'a-x', '/usr/sbin/mesos-master']] },
  }
  const broken = startTrial(cloud, name, single(name, vars))
  const { code, stderr } = await broken.run('launch', ['--yes', '--timeout', '100s'])
  t.is(code, 1)
  t.regex(stderr, new RegExp(`${name}-leader-1, zookeeper.service: .*(\\n.*)*shells\\.state`))
  t.regex(stderr, new RegExp(`${name}-leader-1, mesos-master.service: .*(\\n.*)*Permission denied`))
  t.is((await broken.run('destroy', ['--yes'])).code, 0)
}

/** Allows ssh from this computer, with the key of this test. Returns the ID of the security group. */
async function openSsh(): Promise<string> {
  const PublicKeyMaterial = Buffer.from(key.public)
  await cloud.ec2.send(new ImportKeyPairCommand({ KeyName: 'test', PublicKeyMaterial }))
  const group = { GroupName: 'ssh', Description: 'ssh', VpcId: cloud.account.vpc }
  const { GroupId } = await cloud.ec2.send(new CreateSecurityGroupCommand(group))
  const IpRanges = [{ CidrIp: `${cloud.machines.gateway}/32` }]
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges }]
  await cloud.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }))
  return GroupId ?? ''
}

function inventory(cluster: string, sshGroup: string): string {
  const { subnets } = cloud.account
  const access = { key_name: 'test', security_groups: [sshGroup] }
  const options = { IdentityFile: key.file, IdentitiesOnly: true, IdentityAgent: 'none' }
  return JSON.stringify({
    cluster,
    ssh: { user: 'debian', options },
    vars: { zookeeper_heap_mb: 128 },
    groups: {
      all: { vars: { mesos_mode: 'leader' }, count: 3, subnets, ...access },
      web: { min: 2, max: 4, subnets, ...access },
    },
  })
}

function single(cluster: string, vars: object = {}): string {
  const [subnet] = cloud.account.subnets
  const group = { vars: { mesos_mode: 'mixed' }, count: 1, subnets: [subnet] }
  return JSON.stringify({ cluster, vars: { zookeeper_heap_mb: 128, ...vars }, groups: { all: group } })
}

async function health(): Promise<Health> {
  return JSON.parse((await trial.run('status', ['--json'])).stdout).health
}

function notGreen(gates: Health['gates']): readonly string[] {
  return gates.filter(({ state }) => state !== 'green').map(({ name }) => name)
}

/** The running instances of the cluster, by their names in the API. */
async function running(cluster = trial.name) {
  const Filters = [
    { Name: 'tag:mesos-bakery:cluster', Values: [cluster] },
    { Name: 'instance-state-name', Values: ['running'] },
  ]
  const { Reservations = [] } = await cloud.ec2.send(new DescribeInstancesCommand({ Filters }))
  return Reservations.flatMap(({ Instances = [] }) => Instances).map(one => ({
    id: one.InstanceId ?? '',
    name: one.Tags?.find(({ Key }) => Key === 'Name')?.Value ?? '',
    address: one.PrivateIpAddress ?? '',
  }))
}

async function runningIds(): Promise<readonly string[]> {
  return (await running()).map(({ id }) => id)
}

function sh(id: string, script: string): Promise<string> {
  return podman('exec', id, 'bash', '-c', script)
}

const units = [
  ...['consul', 'dnsmasq', 'zookeeper', 'mesos-master', 'mesos-agent'],
  ...['mesos-bakery-seat', 'mesos-bakery-drain'],
]

/** How often systemd has restarted each unit of each instance. */
async function restartsOf(machines: readonly { id: string }[]): Promise<ReadonlyMap<string, string>> {
  const show = `systemctl show --property=NRestarts --value ${units.map(unit => `${unit}.service`).join(' ')} | xargs`
  return new Map(await Promise.all(machines.map(async ({ id }) => [id, await sh(id, show)] as const)))
}

/** Runs code before the next instance is launched. */
function atLaunch(run: () => void | Promise<void>): () => void {
  const launch = hook('RunInstances', run, { times: 1 })
  const isReal = ({ params }: { params: Record<string, string> }) => params.DryRun !== 'true'
  return cloud.proxy.fault({ ...launch, matches: request => launch.matches(request) && isReal(request) })
}

/** The call that closes a port of the leaders. */
async function revocationOf(port: number): Promise<RevokeSecurityGroupIngressCommand> {
  const { groups } = await inventoryOf(cloud, trial.name)
  const group = groups.find(({ GroupName }) => GroupName?.endsWith('-leader'))
  const rules = group?.IpPermissions?.filter(({ FromPort }) => FromPort === port) ?? []
  const IpPermissions = rules.map(({ IpProtocol, FromPort, ToPort, UserIdGroupPairs = [] }) => {
    const pairs = UserIdGroupPairs.map(({ GroupId }) => ({ GroupId }))
    return { IpProtocol, FromPort, ToPort, UserIdGroupPairs: pairs }
  })
  return new RevokeSecurityGroupIngressCommand({ GroupId: group?.GroupId, IpPermissions })
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
