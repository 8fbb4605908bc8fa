import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import anyTest, { type TestFn } from 'ava'
import { consulMissing } from '../harness/consul.ts'
import { runProgram, unless } from '../harness/programs.ts'
import { temporaryFolder } from './double.ts'
import { type DoubleArtifact, doubleArtifacts } from './packages.ts'

const test = unless(consulMissing(), anyTest as TestFn)

/** A version for this test, so that no other test builds the same packages. */
function options(test: string) {
  return { version: `1.11.0-${test}${process.pid}`, slaveLink: true }
}

test('the packages are reproducible, byte for byte', async t => {
  const first = await doubleArtifacts(options('same'))
  const [, mesos] = first
  await rm(dirname(fileOf(mesos)), { recursive: true })
  t.deepEqual(await doubleArtifacts(options('same')), first)
  for (const artifact of first) {
    t.is(
      createHash('sha256')
        .update(readFileSync(fileOf(artifact)))
        .digest('hex'),
      artifact.sha256,
    )
  }
  t.deepEqual(
    first.map(({ name, kind }) => [name, kind]),
    [
      ['consul', 'zip'],
      ['mesos', 'deb'],
      ['marathon', 'tar'],
    ],
  )
  t.teardown(() => rm(dirname(fileOf(mesos)), { recursive: true }))
})

test('the content of the packages runs where it is unpacked', async t => {
  const [consul, mesos = '', marathon] = (await doubleArtifacts(options('runs'))).map(fileOf)
  t.teardown(() => rm(dirname(mesos), { recursive: true }))
  const folder = await temporaryFolder(t)
  t.is(runProgram('dpkg-deb', ['--extract', mesos, folder]).code, 0)
  for (const name of ['mesos-master', 'mesos-agent', 'mesos-slave']) {
    const program = join(folder, 'usr/sbin', name)
    t.deepEqual(runProgram(program, ['--version']), { code: 0, output: 'mesos 1.11.0\n' })
  }
  const symbols = runProgram('nm', ['--dynamic', '--defined-only', join(folder, 'usr/lib/libmesos.so')])
  t.regex(symbols.output, / T Java_org_apache_mesos_/)
  t.is(runProgram('tar', ['--extract', '--file', marathon ?? '', '--directory', folder]).code, 0)
  const env = [`MESOS_NATIVE_JAVA_LIBRARY=${folder}/usr/lib/libmesos.so`, 'PYTHONDONTWRITEBYTECODE=1']
  t.is(runProgram('env', [...env, join(folder, 'marathon-1.11.24/bin/marathon')]).code, 112)
  t.regex(runProgram('python3', ['-m', 'zipfile', '--list', consul ?? '']).output, /^consul /m)
})

test('all modules compile', t => {
  const sources = fileURLToPath(new URL('mesos_double', import.meta.url))
  const check = `import pathlib, sys
for file in pathlib.Path(sys.argv[1]).glob('*.py'): compile(file.read_text(), str(file), 'exec')`
  t.deepEqual(runProgram('python3', ['-W', 'error', '-c', check, sources]), { code: 0, output: '' })
})

function fileOf(artifact: DoubleArtifact | undefined): string {
  return fileURLToPath(artifact?.url ?? '')
}
