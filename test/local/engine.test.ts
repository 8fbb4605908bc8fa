import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { EngineFailed } from '../../scripts/targets/containers/engine/engine.ts'
import { explain } from '../../scripts/targets/containers/engine/engine-errors.ts'
import { noAwsEnv } from '../harness/aws.ts'
import { run } from '../harness/command.ts'
import { sampleInventory } from '../harness/sample.ts'

/** A PATH with node and these programs, each a shell script. */
function pathWith(programs: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-path-'))
  symlinkSync(process.execPath, join(folder, 'node'))
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  return { ...noAwsEnv(), PATH: folder }
}

async function launch(env: NodeJS.ProcessEnv, ...args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-engine-'))
  const file = join(folder, 'inventory.yaml')
  writeFileSync(file, sampleInventory())
  return run('launch', ['--target', 'local', '--inventory', file, '--yes', ...args], { env })
}

test('without an engine, the message names each that was tried, and how to resolve it', async t => {
  const { code, stderr } = await launch(
    pathWith({ docker: 'echo "Cannot connect to the Docker daemon" >&2; exit 1' }),
  )
  t.is(code, 1)
  t.is(
    stderr,
    'error: local: no container engine is available (podman: is not installed; docker: Cannot connect to the Docker daemon); ' +
      'install podman (on Debian, run npm run setup), start docker, or use --target aws --dry-run to see the plan for EC2\n',
  )
})

test('an unknown engine is refused', async t => {
  const { code, stderr } = await launch(noAwsEnv(), '--engine', 'rkt')
  t.is(code, 2)
  t.regex(stderr, /--engine must be podman or docker, got "rkt"/)
})

test('--recover is for EC2', async t => {
  const { code, stderr } = await launch(noAwsEnv(), '--recover')
  t.is(code, 2)
  t.regex(stderr, /--recover applies to the aws target only/)
})

test('--image is for EC2', async t => {
  const { code, stderr } = await launch(noAwsEnv(), '--image', 'ami-0123456789abcdef0')
  t.is(code, 2)
  t.regex(stderr, /--image applies to the aws target only/)
})

const said: readonly (readonly [string, RegExp])[] = [
  ['write /var/lib/containers/x: no space left on device', /; the disk is full; free some space/],
  [
    'rootlessport listen tcp 127.0.0.1:5050: bind: address already in use',
    /; a port that the container publishes is in use/,
  ],
  [
    'a container named c1-leader-1 already exists and does not belong to this cluster',
    /; remove that container, or rename the cluster$/,
  ],
  ['subnet 10.213.1.0/24 is already used on the host', /; the subnet is now used by another network/],
  ['error setting rlimit type 7: operation not permitted', /; raise the hard limits|; the engine cannot set/],
  ['localhost/mesos-bakery/x:1: image not known', /; bake the image: npm run bake -- --target local$/],
  ['something new', /^something new$/],
]

for (const [words, message] of said) {
  test(`the message shows how to resolve this error of the engine: ${words}`, t => {
    const [problem] = explain(new EngineFailed('podman', ['create'], words)) ?? []
    t.is(String(problem?.path), 'podman')
    t.regex(problem?.message ?? '', message)
  })
}

test('an error that is not from the engine is reported as a bug', t => {
  t.is(explain(new TypeError('x is undefined')), undefined)
})
