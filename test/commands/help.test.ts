import test from 'ava'
import { compareWithFile } from '../harness/cases.ts'
import { run } from '../harness/command.ts'

/** The commands that read an inventory. */
const reading = [
  'render',
  'check',
  'explain',
  'bake',
  'images',
  'launch',
  'status',
  'destroy',
  'replace',
  'logs',
  'shell',
]

for (const script of [...reading, 'project/setup', 'project/demo']) {
  const name = script.replace('project/', '')
  test(`${name} --help tells everything, within 80 columns`, async t => {
    const { code, stdout, stderr } = await run(script, ['--help'])
    t.is(code, 0)
    t.is(stderr, '')
    compareWithFile(t, `test/commands/help/${name}.txt`, stdout)
    for (const line of stdout.split('\n')) t.true(line.length <= 80, line)
  })
}

for (const name of reading) {
  test(`${name} called wrongly exits with 2 and points at its help`, async t => {
    const { code, stdout, stderr } = await run(name, ['--invenory', 'x'])
    t.is(code, 2)
    t.is(stdout, '')
    t.is(
      stderr,
      `error: unknown option --invenory; did you mean "--inventory"?\nsee npm run ${name} -- --help\n`,
    )
  })
}
