import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { unless } from '../harness/programs.ts'
import { type Double, startDouble, startMaster, temporaryFolder } from './double.ts'
import { freshAddress } from './loopback.ts'
import { until } from './until.ts'
import { deleteNode } from './znodes.ts'
import { startZooKeeper, type ZooKeeper, zooKeeperMissing } from './zookeeper.ts'

const test = unless(zooKeeperMissing(), anyTest as TestFn)
let zooKeeper: ZooKeeper

anyTest.before(async () => {
  if (!zooKeeperMissing()) zooKeeper = await startZooKeeper()
})
anyTest.after.always(() => zooKeeper?.remove())

/** Starts Marathon on port 8080 of its own address. */
async function startMarathon(
  t: ExecutionContext,
  place: string,
  { env = {}, ...how }: { address?: string; args?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Double> {
  const address = how.address ?? freshAddress()
  const settings = {
    LIBPROCESS_PORT: '15101',
    MARATHON_HOSTNAME: address,
    MARATHON_HTTP_ADDRESS: address,
    MARATHON_MASTER: `zk://${place}/mesos`,
    MARATHON_ZK: `zk://${place}/marathon`,
    MARATHON_ZK_SESSION_TIMEOUT: '2000',
    MESOS_NATIVE_JAVA_LIBRARY: await library(t),
    ...env,
  }
  return startDouble(t, { program: 'marathon', port: 8080, ...how, address, env: settings })
}

/** A file that contains the name of the Java bindings, like libmesos.so. */
async function library(t: ExecutionContext): Promise<string> {
  const file = join(await temporaryFolder(t), 'libmesos.so')
  await writeFile(file, '\0Java_org_apache_mesos_MesosSchedulerDriver_initialize\0')
  return file
}

test('one of two leads and registers with the master, and the other takes over immediately', async t => {
  const place = `${zooKeeper.address}:2181/two`
  const master = startMaster(t, { zk: place, args: ['--quorum=1'], workDir: await temporaryFolder(t) })
  const first = await startMarathon(t, place, {
    env: { MARATHON_APP_ID: '/x', MARATHON_DISABLE_METRICS: '' },
  })
  await until('it leads', async () => (await leader(first)) === `${first.address}:8080`)
  const second = await startMarathon(t, place)
  await until('the second knows it', async () => (await leader(second)) === `${first.address}:8080`)
  t.is(await (await second.get('/ping')).text(), 'pong\n')
  await until('it is registered', async () => (await frameworks(master)).length === 1)
  const [before] = await frameworks(master)
  t.like(before, { name: 'marathon', active: true, role: '*' })
  await until('it keeps its id', async () => (await info(first)).frameworkId === before?.id)

  t.deepEqual(await first.kill('SIGTERM'), { code: 143, signal: null })
  await until('the second leads', async () => (await leader(second)) === `${second.address}:8080`)
  await until('it goes on as the same framework', async () => (await info(second)).frameworkId === before?.id)
  await until('the master knows it', async () => (await frameworks(master))[0]?.hostname === second.address)
  t.is((await frameworks(master)).length, 1)
})

test('it exits with 101 when ZooKeeper is lost, and with 100 if it cannot connect', async t => {
  const own = await startZooKeeper()
  t.teardown(own.remove)
  const marathon = await startMarathon(t, `${own.address}:2181/gone`)
  await until('it leads', async () => (await leader(marathon)) !== undefined)
  await own.stop()
  t.is((await marathon.ended()).code, 101)
  const env = { MARATHON_ZK_CONNECTION_TIMEOUT: '500' }
  t.is((await (await startMarathon(t, `${own.address}:2181/gone`, { env })).ended()).code, 100)
})

test('it exits with 103 when it no longer leads, and the others continue', async t => {
  const place = `${zooKeeper.address}:2181/lost`
  const first = await startMarathon(t, place)
  await until('it leads', async () => (await leader(first)) !== undefined)
  const second = await startMarathon(t, place)
  await until('the second knows it', async () => (await leader(second)) === `${first.address}:8080`)
  deleteNode(zooKeeper.address, '/lost/marathon/leader-curator/')
  t.is((await first.ended()).code, 103)
  await until('the second leads', async () => (await leader(second)) === `${second.address}:8080`)
})

test('it exits with 111 if its port is in use', async t => {
  const place = `${zooKeeper.address}:2181/port`
  const { address, get } = await startMarathon(t, place)
  await until('it answers', async () => (await get('/ping')).status === 200)
  t.is((await (await startMarathon(t, place, { address })).ended()).code, 111)
})

test('it exits with 109 without a libmesos with Java bindings', async t => {
  const env = { MESOS_NATIVE_JAVA_LIBRARY: '/nowhere' }
  t.is((await (await startMarathon(t, `${zooKeeper.address}:2181/lib`, { env })).ended()).code, 109)
})

const fatal: readonly (readonly [string, { args?: readonly string[]; env?: Record<string, string> }])[] = [
  ['an unknown option', { args: ['--foo', '1'] }],
  ['a variable that is no option', { env: { MARATHON_JAVA_HOME: '/opt/java' } }],
  ['an option in both places', { args: ['--http_port', '8081'], env: { MARATHON_HTTP_PORT: '8082' } }],
  ['a switch with a value', { env: { MARATHON_HA: 'true' } }],
  ['an option without its value', { args: ['--http_port'] }],
  ['a wrong number', { env: { MARATHON_HTTP_PORT: 'http' } }],
  ['a ZooKeeper without path', { env: { MARATHON_ZK: 'zk://localhost:2181' } }],
  ['an argument that is no option', { args: ['now'] }],
]

for (const [what, how] of fatal) {
  test(`it exits with 112 for ${what}`, async t => {
    const marathon = await startMarathon(t, `${zooKeeper.address}:2181/fatal`, how)
    t.is((await marathon.ended()).code, 112)
    t.regex(marathon.log(), /\[scallop\] Error: /)
  })
}

test('with credentials, it requires authentication for every path', async t => {
  const env = { MARATHON_HTTP_CREDENTIALS: 'user:pass' }
  const { get, address } = await startMarathon(t, `${zooKeeper.address}:2181/credentials`, { env })
  await until('it answers', async () => (await get('/ping')).status === 401)
  const headers = { authorization: `Basic ${Buffer.from('user:pass').toString('base64')}` }
  t.is((await fetch(`http://${address}:8080/ping`, { headers })).status, 200)
})

async function leader(marathon: Double): Promise<string | undefined> {
  return ((await (await marathon.get('/v2/leader')).json()) as { leader?: string }).leader
}

async function info(marathon: Double): Promise<{ readonly frameworkId: string | null }> {
  return (await marathon.get('/v2/info')).json() as Promise<{ readonly frameworkId: string | null }>
}

interface Framework {
  readonly id: string
  readonly hostname: string
}

async function frameworks(master: Double): Promise<readonly Framework[]> {
  return ((await (await master.get('/frameworks')).json()) as { frameworks: readonly Framework[] }).frameworks
}
