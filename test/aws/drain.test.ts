import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  CreateAutoScalingGroupCommand,
  DeleteLifecycleHookCommand,
  DescribeAutoScalingGroupsCommand,
  PutLifecycleHookCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { hookName, hookOf, hookSpecification } from '../../scripts/targets/ec2/lifecycle-hook.ts'
import { metadataService } from '../cloud/metadata.ts'
import { boundToUs } from '../doubles/bound.ts'
import { type Double, startAgent, startDouble, temporaryFolder } from '../doubles/double.ts'
import { freshAddress } from '../doubles/loopback.ts'
import { until } from '../doubles/until.ts'
import type { AwsRequest } from '../harness/aws-call.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { edit, fail, hook, throttle } from '../harness/faults.ts'
import { pythonOfMoto } from '../harness/moto.ts'
import { runProgram } from '../harness/programs.ts'
import { makeTemplate } from '../harness/template.ts'

// The program `drain` of the image, with stand-ins for the master, the agent, the metadata service and Auto Scaling.

const test = cloudTests(anyTest as TestFn<Cloud>)

interface Scene {
  readonly pool: string
  readonly master: Double
  /** Starts the master again, which has been killed. */
  readonly restart: () => Double
  readonly agent: Double
  /** The output of the program. */
  readonly said: () => string
  readonly shrink: () => Promise<unknown>
  readonly held: () => Promise<readonly string[]>
}

interface How {
  readonly grace: number
  readonly timeout: number
  readonly tasks?: number
}

/** A master, a pool of one instance whose agent runs tasks, and the program on the leader. */
async function scene(t: ExecutionContext<Cloud>, pool: string, how: How): Promise<Scene> {
  const { autoScaling, account, proxy } = t.context
  const workDir = await temporaryFolder(t)
  const master = lonelyMaster(t, workDir)
  const agent = startAgent(t, {
    zk: '',
    workDir: await temporaryFolder(t),
    args: [`--master=${master.address}:5050`],
  })
  await until('the agent registers', async () => (await master.metric('master/slaves_active')) === 1)
  await runTasks(t, master, how.tasks ?? 0)
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: pool,
      LaunchTemplate: { LaunchTemplateId: await makeTemplate(t.context, pool), Version: '$Latest' },
      MinSize: 0,
      MaxSize: 1,
      DesiredCapacity: 1,
      VPCZoneIdentifier: account.subnets[0],
      Tags: [{ Key: 'mesos-bakery:cluster', Value: pool, PropagateAtLaunch: false }],
    }),
  )
  const group = { AutoScalingGroupName: pool }
  const spec = hookSpecification(hookOf({ drain: how }))
  await autoScaling.send(new PutLifecycleHookCommand({ ...group, ...spec }))
  // The instance has the address of the agent.
  const address = (text: string) => text.replace(/(<privateIpAddress>)[^<]*/g, `$1${agent.address}`)
  t.teardown(proxy.fault(edit('DescribeInstances', address)))
  return {
    pool,
    master,
    restart: () => lonelyMaster(t, workDir, master.address),
    agent,
    said: await startProgram(t, pool, master),
    shrink: () => autoScaling.send(new SetDesiredCapacityCommand({ ...group, DesiredCapacity: 0 })),
    held: async () => {
      const { AutoScalingGroups = [] } = await autoScaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [pool] }),
      )
      return (AutoScalingGroups[0]?.Instances ?? []).map(({ LifecycleState = '' }) => LifecycleState)
    },
  }
}

function lonelyMaster(t: ExecutionContext, workDir: string, address = freshAddress()): Double {
  const args = [`--ip=${address}`, '--no-hostname_lookup', `--work_dir=${workDir}`]
  return startDouble(t, { program: 'mesos-master', port: 5050, address, args })
}

/** A framework that keeps a number of tasks running. Each takes a minute to stop, unless it is killed. */
async function runTasks(t: ExecutionContext, master: Double, count: number): Promise<void> {
  const info = { id: '', name: 'double', tasks: { count, stops_after: 60, grace: 60 } }
  const report = async () => {
    const url = `http://${master.address}:5050/double/framework`
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(info) }).catch(() => undefined)
    if (answer?.ok) info.id = ((await answer.json()) as { id: string }).id
  }
  await report()
  const timer = setInterval(report, 500)
  t.teardown(() => clearInterval(timer))
  await until('the tasks run', async () => (await master.metric('master/tasks_running')) === count)
}

async function startProgram(
  t: ExecutionContext<Cloud>,
  cluster: string,
  master: Double,
): Promise<() => string> {
  const folder = await temporaryFolder(t)
  for (const name of ['etc', 'facts']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'etc', 'node.env'), `CLUSTER=${cluster}\n`)
  writeFileSync(join(folder, 'etc', 'mesos-master.env'), 'MESOS_PORT=5050\n')
  writeFileSync(join(folder, 'facts', 'facts.env'), `MESOS_IP=${master.address}\n`)
  writeFileSync(join(folder, 'facts', 'aws.env'), 'REGION=us-east-1\n')
  const metadata = metadataService(async () => caller)
  metadata.listen(0, '127.0.0.1')
  await once(metadata, 'listening')
  t.teardown(() => close(metadata))
  const statements = `
drain.METADATA = 'http://127.0.0.1:${(metadata.address() as AddressInfo).port}/latest'
drain.ENDPOINT = '${t.context.proxy.url}/'
drain.LOOK_AT_POOLS = drain.LOOK_AT_ELECTION = 1
drain.LOOK = 0.5
drain.main()`
  const program = fileURLToPath(new URL('../harness/drain_program.py', import.meta.url))
  const child = spawn(...boundToUs('python3', [program, folder, statements, '--watch']), {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => kill(child))
  let said = ''
  child.stdout.on('data', data => {
    said += data
  })
  return () => said
}

function close(server: Server): void {
  server.closeAllConnections()
  server.close()
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'close')
}

const caller = {
  instance: {
    ...{
      id: 'i-1',
      name: 'leader',
      state: 'running',
      address: '127.0.0.1',
      zone: 'us-east-1a',
      type: 't3.small',
    },
    ...{ image: 'ami-1', profile: 'leaders', keyName: undefined, metadataTags: {}, groups: [] },
  },
  userData: Buffer.from(''),
  publicKey: undefined,
  hardwareAddress: '02:00:00:00:00:01',
}

test('an instance that leaves its pool is drained before it ends, with signed requests', async t => {
  const signed: AwsRequest[] = []
  t.teardown(t.context.proxy.fault(hook('CompleteLifecycleAction', request => void signed.push(request))))
  const { master, agent, said, shrink, held } = await scene(t, 'drained', { grace: 4, timeout: 60, tasks: 3 })
  await shrink()
  await until('the drain begins', () => said().includes('draining agent'))
  const began = Date.now()
  t.is(await master.metric('master/slaves_active'), 0)
  t.is(await master.metric('master/tasks_running'), 3)
  t.deepEqual(await held(), ['Terminating:Wait'])
  await until('the tasks are killed', async () => (await master.metric('master/tasks_running')) === 0)
  const ended = Date.now()
  t.true(ended - began >= 3_000, `${ended - began} ms`)
  await until('the instance ends', async () => (await held()).length === 0)
  t.true(Date.now() - ended < 5_000, `${Date.now() - ended} ms`)
  t.deepEqual(await agent.ended(), { code: 0, signal: null })

  const [request] = signed
  if (request === undefined) throw new Error('the hook was not completed')
  t.is(request.params.LifecycleActionResult, 'CONTINUE')
  const credentials = { key: 'ASIAMACHINE000000000', secret: 'not-a-secret', token: 'not-a-token' }
  const input = { headers: request.headers, body: request.body.toString(), ...credentials }
  const verifier = fileURLToPath(new URL('../doubles/verify_query_signature.py', import.meta.url))
  t.is(runProgram(pythonOfMoto(), [verifier], JSON.stringify(input)).output.trim(), 'right')
})

test('an agent that is not registered does not delay the instance', async t => {
  const { agent, master, said, shrink, held } = await scene(t, 'unknown', { grace: 4, timeout: 60 })
  await agent.kill('SIGUSR1')
  await until('the agent leaves', async () => (await master.metric('master/slaves_active')) === 0)
  await shrink()
  await until('the instance ends', async () => (await held()).length === 0)
  await until('the reason is logged', () => said().includes('the master has no agent there; Auto Scaling'))
  t.false(said().includes('draining'))
})

test('the hook gets heartbeats, and is completed when the time limit is over', async t => {
  const beats: AwsRequest[] = []
  t.teardown(
    t.context.proxy.fault(hook('RecordLifecycleActionHeartbeat', request => void beats.push(request))),
  )
  const { said, shrink, held } = await scene(t, 'limited', { grace: 60, timeout: 30, tasks: 1 })
  await shrink()
  await until('the drain begins', () => said().includes('draining agent'))
  await until('a heartbeat arrives', () => beats.length > 0)
  // The clock of the cloud states when the termination began.
  await until('the instance ends', async () => (await held()).length === 0, 60)
  await until('the reason is logged', () => said().includes('the time limit of 30 s is over; Auto Scaling'))
  t.true(beats.length >= 2, `${beats.length} heartbeats`)
})

test('throttling delays a drain but does not stop it', async t => {
  const { proxy } = t.context
  t.teardown(proxy.fault(throttle('DescribeLifecycleHooks', { times: 2 })))
  t.teardown(proxy.fault(throttle('CompleteLifecycleAction', { times: 2 })))
  const { master, said, shrink, held } = await scene(t, 'troubled', { grace: 3, timeout: 60, tasks: 1 })
  await shrink()
  await until('the drain begins', () => said().includes('draining agent'))
  t.true(said().includes('Throttling'))
  await until('the instance ends', async () => (await held()).length === 0)
  t.is(await master.metric('master/slaves_active'), 0)
})

test('a drain continues after the master has restarted', async t => {
  const { master, restart, agent, said, shrink, held } = await scene(t, 'restarted', {
    grace: 8,
    timeout: 60,
    tasks: 1,
  })
  await shrink()
  await until('the drain begins', () => said().includes('draining agent'))
  await master.kill('SIGKILL')
  restart()
  await until('the instance ends', async () => (await held()).length === 0)
  t.is(said().match(/draining agent/g)?.length, 1)
  t.deepEqual(await agent.ended(), { code: 0, signal: null })
})

test('deleting the hook ends the wait', async t => {
  const { pool, said, shrink, held } = await scene(t, 'unhooked', { grace: 60, timeout: 45, tasks: 1 })
  await shrink()
  await until('the drain begins', () => said().includes('draining agent'))
  const named = { AutoScalingGroupName: pool, LifecycleHookName: hookName }
  t.deepEqual(await held(), ['Terminating:Wait'])
  await t.context.autoScaling.send(new DeleteLifecycleHookCommand(named))
  await until('the instance ends', async () => (await held()).length === 0)
})

test('a hook that another leader has completed is not an error', async t => {
  const { said, shrink, held } = await scene(t, 'completed', { grace: 60, timeout: 45, tasks: 1 })
  const gone = `No active Lifecycle Action found with instance ID`
  const refuse = fail('RecordLifecycleActionHeartbeat', {
    status: 400,
    code: 'ValidationError',
    message: gone,
  })
  t.teardown(t.context.proxy.fault(refuse))
  await shrink()
  await until('the program notices', () => said().includes('Auto Scaling does not wait any more'))
  t.deepEqual(await held(), ['Terminating:Wait'])
})
