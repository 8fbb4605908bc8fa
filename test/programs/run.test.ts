import { mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { findProgram, runProgram } from '../../scripts/programs/run-program.ts'

test('arguments are passed to a program unchanged', async t => {
  const word = fc.string({ unit: 'binary' }).map(text => text.replaceAll('\0', ''))
  await fc.assert(
    fc.asyncProperty(fc.array(word), async words => {
      const echo = ['-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', '--', ...words]
      const { code, stdout } = await runProgram(process.execPath, echo)
      t.deepEqual([code, JSON.parse(stdout)], [0, words])
    }),
    { numRuns: 20, examples: [[["it's", '', '$HOME', '`id`', '*', 'a b', '-x', '\n', '\\', '"']]] },
  )
})

test('a program gets the given environment, and empty standard input', async t => {
  const script = 'printf %s "$GIVEN"; cat; echo bad >&2; exit 3'
  const ran = await runProgram('sh', ['-c', script], { env: { ...process.env, GIVEN: 'this' } })
  t.deepEqual(ran, { code: 3, stdout: 'this', stderr: 'bad\n' })
})

test('a program that does not exist, or is killed, has its own exit code', async t => {
  t.is((await runProgram('no-such-program', [])).code, 127)
  t.is((await runProgram('sleep', ['60'], { timeout: 100 })).code, -1)
})

test('bash is not required', async t => {
  const PATH = mkdtempSync(join(tmpdir(), 'mesos-bakery-path-'))
  symlinkSync('/usr/bin/true', join(PATH, 'yes-man'))
  t.is(findProgram('yes-man', { PATH }), join(PATH, 'yes-man'))
  t.is(findProgram('bash', { PATH }), undefined)
  t.is((await runProgram('yes-man', [], { env: { PATH } })).code, 0)
})
