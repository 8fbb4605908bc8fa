import { fileURLToPath } from 'node:url'
import anyTest, { type TestFn } from 'ava'
import { fitUserData } from '../../scripts/user-data/fit.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'
import { readDocument } from '../harness/documents.ts'
import { startMachine } from '../harness/machine.ts'
import { motoMissing, pythonOfMoto } from '../harness/moto.ts'
import { podmanMissing } from '../harness/podman.ts'
import { runProgram, unless } from '../harness/programs.ts'
import { clusterOf, sampleInventory, templates } from '../harness/sample.ts'
import { filesOfDouble, readAsked } from '../harness/stored-user-data.ts'

const test = unless(podmanMissing() ?? motoMissing(), anyTest as TestFn)

const extra = `user_data_bucket: bodies
vars:
  user_data_extra:
    timezone: Europe/Berlin
    runcmd: [[sh, -c, "date >/run/yours"]]
    write_files: [{ path: /etc/motd, content: "${'0123456789abcdef'.repeat(2_500)}" }]
`
/** A leader with 40 KiB of the user's own user data, in the form that EC2 receives. */
function largeLeader() {
  const cluster = { ...clusterOf(`${sampleInventory(1)}${extra}`), fit: 's3' as const }
  const [userData] = renderCluster(templates, cluster)
  const fitted = userData === undefined ? undefined : fitUserData(cluster, userData)
  if (userData === undefined || fitted?.body === undefined) throw new Error('no stub was made')
  return { text: userData.text, body: fitted.body, stub: Buffer.from(fitted.payload).toString() }
}

test('a machine boots with a stub: it fetches, verifies and applies the stored user data, and rejects others', async t => {
  const { text, body, stub } = largeLeader()
  t.true(text.length > 40_000)
  const files = filesOfDouble(body, text)
  const machine = await startMachine({ userData: stub, files, capabilities: ['NET_ADMIN'] })
  t.teardown(machine.remove)

  for (const { path, content } of readDocument(text).write_files) {
    t.is((await machine.exec('cat', path)).stdout, content, path)
  }
  t.is((await machine.exec('systemctl', 'is-active', 'mesos-leader.target')).stdout, 'active\n')
  // A container can store its host name, but not apply it.
  t.is((await machine.exec('cat', '/etc/hostname')).stdout, 'c1-leader-1\n')
  t.is((await machine.exec('cat', '/etc/timezone')).stdout, 'Europe/Berlin\n')
  t.is((await machine.exec('test', '-s', '/run/yours')).code, 0)

  const asked = readAsked((await machine.exec('cat', '/run/double.jsonl')).stdout).filter(
    ({ headers }) =>
      headers['x-aws-ec2-metadata-token-ttl-seconds'] ??
      headers['x-aws-ec2-metadata-token'] ??
      headers.authorization,
  )
  t.deepEqual(
    asked.map(({ method, status }) => `${method} ${status}`),
    ['PUT 200', 'GET 200', 'GET 200', 'GET 200'],
  )
  const credentials = {
    key: 'ASIAIOSFODNN7EXAMPLE',
    secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    token: 'IQoJb3JpZ2luX2VjE//+token/with+every==',
    region: 'us-east-1',
  }
  const verifier = fileURLToPath(new URL('../doubles/verify_signature.py', import.meta.url))
  const { output } = runProgram(
    pythonOfMoto(),
    [verifier],
    JSON.stringify({ ...asked.at(-1), ...credentials }),
  )
  t.is(output.trim(), 'right')

  // After the first boot, nothing is fetched again: a reboot does not need S3.
  const script = '/var/lib/cloud/instance/boothooks/part-001'
  t.is((await machine.exec('env', 'http_proxy=http://127.0.0.1:9', script)).code, 0)

  const config = '/etc/cloud/cloud.cfg.d/99-mesos-bakery.cfg'
  const set = (mode: string) => machine.exec('sh', '-c', `rm -f ${config}; echo ${mode} >/run/double-mode`)
  await set('wrong-sum')
  const wrong = await machine.exec(script)
  t.not(wrong.code, 0)
  t.regex(wrong.stderr, /mesos-bakery: the user-data in S3 has another sum\n$/)
  await set('no-role')
  const [noRole, noNetwork] = await Promise.all([
    machine.exec(script),
    machine.exec('env', 'http_proxy=http://127.0.0.1:9', script),
  ])
  t.not(noRole.code, 0)
  t.regex(noRole.stderr, /404/)
  t.not(noNetwork.code, 0)
  t.regex(noNetwork.stderr, /(refused|connect)/i)
  t.not((await machine.exec('test', '-e', config)).code, 0)
})
