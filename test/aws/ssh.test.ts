import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, symlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { until } from '../doubles/until.ts'
import { awsEnv } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { programOf } from '../harness/commands.ts'
import { inventoryOf, inventoryText, startTrial } from '../harness/launched.ts'
import { motoMissing } from '../harness/moto.ts'
import { freePort, type Sshd, sshdMissing, startSshd } from '../harness/sshd.ts'
import { onTerminal } from '../harness/terminal.ts'

// Connections with the ssh of this machine to an SSH server on this machine, which stands for every instance.

const test = cloudTests(anyTest as TestFn<Cloud>, motoMissing() ?? sshdMissing())

let sshd: Sshd

anyTest.before(async () => {
  if (sshdMissing() === undefined)
    sshd = await startSshd({ journalctl: 'echo "journalctl $*"', sudo: 'echo "sudo $*"' })
})

anyTest.after.always(() => sshd?.stop())

/** The inventory of a cluster whose instances are all reached at the SSH server. */
function sshText(cloud: Cloud, name: string, more: Readonly<Record<string, unknown>> = {}): string {
  const options = {
    HostName: '127.0.0.1',
    Port: sshd.port,
    IdentityFile: sshd.identity,
    IdentitiesOnly: true,
    IdentityAgent: 'none',
  }
  return inventoryText(cloud, name, `ssh: ${JSON.stringify({ user: sshd.user, options, ...more })}\n`)
}

async function launched(cloud: Cloud, name: string, hostKey = sshd.hostKey) {
  const trial = startTrial(cloud, name, sshText(cloud, name))
  await cloud.proxy.consoles({ reports: { [`${name}-leader-1`]: { host_keys: [hostKey] } } })
  const { code, stderr } = await trial.run('launch', ['--yes'])
  if (code !== 0) throw new Error(stderr)
  return trial
}

test('logs and shell reach a leader and an instance of a pool, and pass on output and exit codes', async t => {
  const trial = await launched(t.context, 'near')
  const logs = await trial.run('logs', ['--node', 'near-leader-1', '--lines', '5', '--unit', "a'b c"])
  t.deepEqual(logs, {
    code: 0,
    stdout: `${sshd.user === 'root' ? '' : 'sudo --non-interactive '}journalctl --no-pager --lines 5 --unit a'b c\n`,
    stderr: '',
  })
  const shell = ['--command', 'echo out; echo err >&2; exit 7']
  t.deepEqual(await trial.run('shell', ['--node', 'near-leader-1', ...shell]), {
    code: 7,
    stdout: 'out\n',
    stderr: 'err\n',
  })
  // 255 is also the code with which ssh fails.
  t.like(await trial.run('shell', ['--node', 'near-leader-1', '--command', 'exit 255']), {
    code: 255,
    stderr: '',
  })

  const interactive = [
    ...programOf('shell'),
    '--inventory',
    trial.file,
    '--node',
    'near-leader-1',
    '--command',
  ]
  const env = awsEnv(t.context.proxy.url)
  const seen = await onTerminal(`node ${interactive.join(' ')} 'tty; exit 5'`, '', { env })
  t.is(seen.code, 5)
  t.regex(seen.screen, /^\/dev\/pts\/\d+\r\n/)

  const { machines } = await inventoryOf(t.context, 'near')
  const id = machines.find(({ Tags }) => Tags?.some(({ Value }) => Value === 'near-batch'))?.InstanceId ?? ''
  const early = await trial.run('shell', ['--node', id, '--command', 'true'])
  t.is(early.code, 1)
  t.regex(early.stderr, new RegExp(`^error: ${id}: its console does not show a host key yet.*--boot\n$`))
  await t.context.proxy.consoles({ reports: { [id]: { host_keys: [sshd.hostKey] } } })
  t.like(await trial.run('shell', ['--node', id, '--command', 'exit 3']), { code: 3, stderr: '' })
})

test('a host key that is not on the console is refused', async t => {
  const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMyU1tTM2HpPv3nVbZ2dYH4r4dJp8S4QbT5tB9x6pZ2c'
  const trial = await launched(t.context, 'forged', other)
  const { code, stdout, stderr } = await trial.run('shell', [
    '--node',
    'forged-leader-1',
    '--command',
    'echo in',
  ])
  t.deepEqual([code, stdout], [1, ''])
  t.regex(
    stderr,
    /^error: forged-leader-1: POSSIBLE ATTACK: the host key of 10\.20\.\d+\.\d+ is not on the console of i-/,
  )
})

test('what cloud-init printed at boot is enough to verify a host key', async t => {
  const { proxy } = t.context
  const trial = await launched(t.context, 'boot')
  const lines = ['[    0.000000] Linux', '-----BEGIN SSH HOST KEY KEYS-----', `${sshd.hostKey} root@x`]
  const console = [...lines, '-----END SSH HOST KEY KEYS-----', 'login: ', ''].join('\r\n')
  await proxy.consoles({ texts: { 'boot-leader-2': console } })
  t.like(await trial.run('shell', ['--node', 'boot-leader-2', '--command', 'true']), { code: 0, stderr: '' })
  const boot = await trial.run('logs', ['--node', 'boot-leader-2', '--boot', '--lines', '2'])
  t.deepEqual(boot, { code: 0, stdout: '-----END SSH HOST KEY KEYS-----\nlogin: \n', stderr: '' })
  const first = await trial.run('logs', ['--node', 'boot-leader-1', '--boot'])
  t.is(first.stdout, '[    0.000000] Linux version 6.1\n')
})

test('a connection that fails is explained', async t => {
  const trial = await launched(t.context, 'far')
  const run = async (more: object, node = 'far-leader-1') => {
    const text = sshText(t.context, 'far', { ...more })
    const { code, stderr } = await startTrial(t.context, 'far', text).run('shell', [
      '--node',
      node,
      '--command',
      'true',
    ])
    return { code, stderr }
  }
  const closed = await freePort()
  const jump = await run({ jump_host: `nobody@127.0.0.1:${closed}` })
  t.is(jump.code, 1)
  t.regex(jump.stderr, /^ssh: connect to host 127\.0\.0\.1 port \d+: Connection refused\r?\n/)
  t.regex(
    jump.stderr,
    /error: far-leader-1: cannot connect to 10\.20\.\d+\.\d+ through nobody@127\.0\.0\.1:\d+ /,
  )

  const options = {
    HostName: '127.0.0.1',
    Port: sshd.port,
    IdentityAgent: 'none',
    IdentityFile: '/dev/null',
    IdentitiesOnly: true,
  }
  t.regex(
    (await run({ options })).stderr,
    /^error: far-leader-1: \w+ is not permitted to log in \(.*Permission denied/,
  )
  t.regex(
    (await run({ options: { ...options, Port: closed } })).stderr,
    /^error: far-leader-1: cannot be reached \(.*Connection refused\)/,
  )

  t.regex((await run({}, 'far-leader-9')).stderr, /--node: unknown node far-leader-9; did you mean/)
  t.regex((await run({}, 'far-web')).stderr, /far-web is a pool/)

  const PATH = mkdtempSync(join(tmpdir(), 'mesos-bakery-no-ssh-'))
  symlinkSync(process.execPath, join(PATH, 'node'))
  const env = { ...awsEnv(t.context.proxy.url), PATH }
  const bare = await trial.run('shell', ['--node', 'far-leader-1'], { env })
  t.deepEqual(bare, {
    code: 1,
    stdout: '',
    stderr:
      'error: PATH: ssh not found; install the OpenSSH client (on Debian, apt-get install openssh-client)\n',
  })

  const plain = startTrial(t.context, 'far', inventoryText(t.context, 'far'))
  const none = await plain.run('logs', ['--node', 'far-leader-1'])
  t.is(none.code, 1)
  t.regex(none.stderr, /^error: the inventory does not say how to connect .*; add these lines:\n\n {2}ssh:\n/)
  t.like(await plain.run('logs', ['--node', 'far-leader-1', '--boot']), { code: 0, stderr: '' })
})

test('open makes a tunnel to the elected leader, until it is interrupted', async t => {
  const trial = await launched(t.context, 'pages')
  const args = [...programOf('open'), '--inventory', trial.file, '--json']
  const env = { ...awsEnv(t.context.proxy.url), NODE_ENV: 'production' }
  const child = spawn('node', args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', data => {
    stdout += data
  })
  child.stderr.on('data', data => {
    stderr += data
  })
  await until('the tunnel', () => stderr.includes('press Ctrl-C'))
  const pages: readonly { node: string; what: string; url: string }[] = JSON.parse(stdout)
  t.deepEqual(
    pages.map(({ node, what }) => [node, what]),
    [
      ['pages-leader-1', 'Mesos'],
      ['pages-leader-1', 'Marathon'],
    ],
  )
  const ports = pages.map(({ url }) => Number(new URL(url).port))
  t.deepEqual(await Promise.all(ports.map(accepts)), [true, true])
  child.kill('SIGINT')
  const [code] = await once(child, 'exit')
  t.deepEqual([code, stderr], [130, 'press Ctrl-C to close the tunnel\n\nclosed\n'])
  await until('the end of the tunnel', async () => !(await accepts(ports[0] ?? 0)))
})

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const open = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return open
}
