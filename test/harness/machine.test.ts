import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import anyTest, { type TestFn } from 'ava'
import { startMachine } from './machine.ts'
import { podman, podmanMissing, tryPodman } from './podman.ts'
import { runProgram, unless } from './programs.ts'
import { makeSshKey } from './ssh-key.ts'

const test = unless(podmanMissing(), anyTest as TestFn)
const module = fileURLToPath(new URL('machine.ts', import.meta.url))

test('a machine boots and applies its user data', async t => {
  const userData = `#cloud-config
write_files:
  - {path: /etc/motto, content: "bake once", permissions: "0640"}
runcmd:
  - [sh, -c, "cat /etc/motto > /run/read"]
`
  const machine = await startMachine({ userData })
  t.teardown(machine.remove)
  t.like(await machine.exec('stat', '--format=%a %U', '/etc/motto'), { code: 0, stdout: '640 root\n' })
  t.like(await machine.exec('cat', '/run/read'), { stdout: 'bake once' })
  t.like(await machine.exec('systemctl', 'is-system-running', '--wait'), { stdout: 'running\n' })
  t.like(await machine.exec('hostname'), { stdout: `${machine.name}\n` })
  t.regex(machine.address, /^\d+(\.\d+){3}$/)
  t.like(await machine.exec('sh', '-c', 'echo no >&2; exit 3'), { code: 3, stdout: '', stderr: 'no\n' })
})

test('its sshd requires a key', async t => {
  const [key, other] = [await makeSshKey(), await makeSshKey()]
  t.teardown(key.remove)
  t.teardown(other.remove)
  const machine = await startMachine({ sshKey: key.public })
  t.teardown(machine.remove)
  const ssh = (file: string) =>
    runProgram('ssh', [
      ...['-i', file, '-p', String(machine.sshPort), '-F', '/dev/null', '-o', 'IdentitiesOnly=yes'],
      ...['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
      ...['-o', 'LogLevel=ERROR', 'debian@127.0.0.1', 'sudo id -un'],
    ])
  t.deepEqual(ssh(key.file), { code: 0, output: 'root\n' })
  t.regex(ssh(other.file).output, /Permission denied/)
})

test('a machine whose user data fails is reported and removed', async t => {
  const userData = '#cloud-config\nruncmd: [[sh, -c, "exit 7"]]\n'
  const error = await t.throwsAsync(startMachine({ userData }))
  const [, name = ''] = /^cloud-init on (\S+) ended with .*status: error/s.exec(error?.message ?? '') ?? []
  t.regex(error?.message ?? '', /runcmd|scripts_user/)
  t.not((await tryPodman('container', 'exists', name)).code, 0)
})

test('a machine of a killed test is removed when the next one is started', async t => {
  const script = `import { startMachine } from ${JSON.stringify(module)}
    console.log((await startMachine()).name); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script])
  const [line] = await once(child.stdout, 'data')
  const name = String(line).trim()
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.is(await podman('inspect', '--format', '{{.State.Status}}', name), 'running')
  const next = await startMachine()
  t.teardown(next.remove)
  t.is((await tryPodman('container', 'exists', name)).code, 1)
})
