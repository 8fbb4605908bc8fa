import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import test from 'ava'
import { commandsOfClone } from '../../scripts/cli/command-list.ts'
import { dashed } from '../../scripts/cli/options.ts'
import { inFolder } from '../bench/folder.ts'
import { noAwsEnv } from '../harness/aws.ts'
import { run } from '../harness/command.ts'
import { programOf } from '../harness/commands.ts'

const inventory = `cluster: prod
groups:
  leaders: { vars: { mesos_mode: leader }, count: 1 }
  web: { min: 1 }
`

/** The words of a command line, the last of which is completed, and some of the words that are suggested. */
const rows: readonly (readonly [typed: string, suggested: readonly string[]])[] = [
  ['re', ['render', 'replace', 'resize', 'restore']],
  ['launch --st', ['--stand-ins']],
  ['launch --target ', ['aws', 'local']],
  ['launch --target = lo', ['local']],
  ['launch --set mesos_zk_', ['mesos_zk_dns=', 'mesos_zk_port=', 'mesos_zk_chroot=']],
  ['launch --set mesos_zk_port = 21', []],
  ['launch --leaders ', []],
  ['render --node ', ['prod-leader-1', 'prod-web']],
  ['render --inventory other.yaml --node ', ['other-leader-1']],
  ['render --inventory = other.yaml --node ', ['other-leader-1']],
  ['roll --pool ', ['prod-web']],
  ['check inv', ['inventory.yaml']],
  ['check --in', ['--inventory']],
  ['render --out b', ['b c', 'bin']],
  ['explain E01', ['E010', 'E011', 'E012', 'E013', 'E014', 'E015', 'E016', 'E017', 'E018', 'E019']],
  ['explain offer_time', ['offer_timeout']],
  ['explain root_vol', ['root_volume_gb']],
  ['completion ', ['bash', 'zsh', 'fish']],
]

/** Completes a command line in bash as readline does, and prints the suggestions. */
const driver = `
source completion.bash
while IFS= read -r line; do
  read -ra COMP_WORDS <<<"mesos-bakery $line"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _mesos_bakery
  printf '%s\\n' "\${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd ,
done`

test('bash completes commands, options, variables, what is explained, and the names of nodes', t =>
  inFolder(async folder => {
    const [program = ''] = programOf('completion')
    for (const name of ['bin', 'b c']) mkdirSync(join(folder, name))
    const bin = join(folder, 'bin/mesos-bakery')
    writeFileSync(bin, `#!/bin/sh\nshift\nexec node ${resolve(program)} "$@"\n`)
    chmodSync(bin, 0o755)
    writeFileSync(join(folder, 'inventory.yaml'), inventory)
    writeFileSync(
      join(folder, 'other.yaml'),
      inventory.replace('prod', 'other').replace('  web: { min: 1 }\n', ''),
    )
    const { code, stdout } = await run('completion', ['bash'])
    t.is(code, 0)
    writeFileSync(join(folder, 'completion.bash'), stdout)
    const said = execFileSync('bash', ['-c', driver], {
      cwd: folder,
      env: { ...noAwsEnv(), PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` },
      input: rows.map(([typed]) => `${typed}\n`).join(''),
      encoding: 'utf8',
    })
    t.deepEqual(
      said.split('\n').slice(0, -1),
      rows.map(([, suggested]) => suggested.toSorted().join(',')),
    )
  }))

test('the scripts for zsh and fish name every command and every option', async t => {
  const [zsh, fish] = await Promise.all(['zsh', 'fish'].map(shell => run('completion', [shell])))
  for (const { name, options } of await commandsOfClone()) {
    t.true(zsh?.stdout.includes(`\n    ${name})\n`), name)
    t.true(fish?.stdout.includes(` -a ${name} `), name)
    for (const [key, { takes }] of Object.entries(options)) {
      if (takes === 'arguments') continue
      const option = dashed(key).slice(2)
      t.regex(zsh?.stdout ?? '', new RegExp(`'\\*?--${option}=?\\[`), option)
      t.regex(fish?.stdout ?? '', new RegExp(`_from ${name}' -l ${option} `), option)
    }
  }
})

test('one shell must be named', async t => {
  for (const args of [[], ['tcsh'], ['bash', 'zsh']]) {
    const { code, stderr } = await run('completion', args)
    t.is(code, 2)
    t.true(stderr.includes('name one shell: bash, zsh or fish'), stderr)
  }
})
