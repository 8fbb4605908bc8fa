import test from 'ava'
import { $ } from 'zx'
import { commandsOfClone } from '../../scripts/cli/command-list.ts'
import { dashed } from '../../scripts/cli/options.ts'
import { compareWithFile } from '../harness/cases.ts'
import { run } from '../harness/command.ts'

const commands = [
  'render',
  'check',
  'explain',
  'page',
  'completion',
  'bake',
  'images',
  'launch',
  'status',
  'doctor',
  'support',
  'secrets',
  'destroy',
  'replace',
  'roll',
  'resize',
  'logs',
  'shell',
  'open',
  'project/setup',
  'project/demo',
]

for (const script of commands) {
  const name = script.replace('project/', '')
  test(`${name} --help is complete, and fits 80 columns`, async t => {
    const { code, stdout, stderr } = await run(script, ['--help'])
    t.is(code, 0)
    t.is(stderr, '')
    compareWithFile(t, `test/commands/help/${name}.txt`, stdout)
    for (const line of stdout.split('\n')) t.true(line.length <= 80, line)
  })
}

test('the help of the program has a line for each command', async t => {
  const { stdout } = await $({ quiet: true })`npm run --silent help`
  compareWithFile(t, 'test/commands/help/help.txt', stdout)
  for (const line of stdout.split('\n')) t.true(line.length <= 80, line)
})

test('-h is --help, even with mistakes and without required options', async t => {
  const [long, short] = await Promise.all([run('logs', ['--help']), run('logs', ['--bogus', '-h'])])
  t.deepEqual(short, long)
})

test('every command has --version', async t => {
  t.like(await run('explain', ['--version']), { code: 0, stdout: 'mesos-bakery 0.1.0\n', stderr: '' })
})

test('every declaration can be listed: the help of an option, its name and its default', async t => {
  const declared = await commandsOfClone()
  t.true(declared.length > 10)
  for (const { name, summary, options, rules = [] } of declared) {
    t.regex(summary, /^[a-z].*[^.]$/, name)
    t.true(`  ${name.padEnd(9)}${summary}`.length <= 80, name)
    for (const rule of rules) {
      const other = 'requires' in rule ? rule.requires : rule.conflictsWith
      t.true(Object.hasOwn(options, rule.option) && Object.hasOwn(options, other), name)
    }
    for (const [key, option] of Object.entries(options)) {
      const called = `${name} ${key}`
      t.false(['help', 'version', 'call'].includes(key), called)
      t.regex(option.help, /^[a-z].*[^.]$/, called)
      t.is(option.takes === 'nothing', option.value === undefined, called)
      // The parser accepts what the help shows.
      if (option.default !== undefined) t.notThrows(() => option.read([], dashed(key)), called)
      for (const choice of option.choices ?? [])
        t.deepEqual([option.read([choice], dashed(key))].flat(), [choice], called)
    }
  }
})
