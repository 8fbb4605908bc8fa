import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import meanings from '../../scripts/inventory/flag-meanings.json' with { type: 'json' }
import { everyFlagName, flagsNamed } from '../../scripts/inventory/flags.ts'
import { keyNames, keysNamed } from '../../scripts/inventory/keys.ts'
import { sayFlag } from '../../scripts/show/say-flag.ts'
import { sayKey } from '../../scripts/show/say-variable.ts'
import { inFolder } from '../bench/folder.ts'
import { run } from '../harness/command.ts'

const inventory = `groups:
  leaders:
    vars: { mesos_mode: leader, mesos_leader_options: { offer_timeout: 2mins, slave_ping_timeout: 5secs } }
`

/** What is explained, and a line of the explanation. */
const rows: readonly (readonly [name: string, line: string])[] = [
  ['offer_timeout', 'leaders  2mins  FILE:3:72 in groups.leaders.vars'],
  ['offer_timeout', '  becomes  MESOS_OFFER_TIMEOUT in /etc/mesos-bakery/mesos-master.env'],
  [
    'offer_timeout',
    'How long a framework may keep an offer before the master withdraws it. Without it, a framework can keep resources from others forever.',
  ],
  ['slave_ping_timeout', 'leaders  5secs  FILE:3:99 in groups.leaders.vars'],
  ['slave_ping_timeout', '  default     15secs'],
  ['gc_delay', 'Not set in FILE.'],
  ['mesos_follower_options.work_dir', '  set      cannot be set as an option: set mesos_work_dir'],
  ['groups.leaders.vars.mesos_zk_port', '  default  2181'],
  ['groups', 'groups: Groups of machines: one group of leaders, and any number of follower groups.'],
  ['groups.web.count', '  type  count: a whole number from 0 to 255'],
  ['image.subnet', '  type  subnet: a subnet ID such as subnet-0a1b2c3d'],
]

test('keys and flags are explained, with where the inventory sets them', t =>
  inFolder(async folder => {
    const file = join(folder, 'inventory.yaml')
    writeFileSync(file, inventory)
    for (const [name, line] of rows) {
      const { code, stdout } = await run('explain', [name, '--inventory', file])
      t.is(code, 0, name)
      t.true(stdout.split('\n').includes(line.replace('FILE', file)), `${name}: ${stdout}`)
    }
  }))

test('a misspelled key or flag leads to a suggestion', async t => {
  for (const [name, near] of [
    ['offer_timeuot', 'offer_timeout'],
    ['gruops', 'groups'],
    ['root_volume', 'root_volume_gb'],
  ] as const) {
    const { code, stderr } = await run('explain', [name])
    t.is(code, 1)
    t.true(stderr.includes(`did you mean "${near}"?`), stderr)
  }
})

test('every flag and every key can be explained', t => {
  t.true(everyFlagName.length > 250)
  for (const name of everyFlagName) {
    const flags = flagsNamed(name)
    t.true(flags.length > 0, name)
    for (const flag of flags) t.notRegex(sayFlag(flag), /undefined/, name)
  }
  for (const name of keyNames) {
    const keys = keysNamed(name)
    t.true(keys.length > 0, name)
    for (const key of keys) {
      t.notRegex(sayKey(key), /undefined/, name)
      const path = key.path.replace('<name>', 'web').replace('<number>', '2').replace('[]', '.0')
      t.deepEqual(keysNamed(path), path.includes('.') ? [key] : keysNamed(name), path)
    }
  }
})

test('every meaning belongs to a flag, and is a sentence', t => {
  for (const [daemon, known] of Object.entries(meanings))
    for (const [name, meaning] of Object.entries(known)) {
      t.true(
        flagsNamed(name).some(flag => flag.daemon === daemon && flag.name === name),
        name,
      )
      t.regex(meaning, /^[A-Z].*\.$/, name)
    }
})
