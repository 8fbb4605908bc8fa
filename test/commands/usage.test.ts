import test from 'ava'
import { run } from '../harness/command.ts'

/** Usage errors: how the command is called, and the first line on stderr after `error: `. */
const mistakes: readonly (readonly [command: string, args: readonly string[], message: string])[] = [
  ['launch', ['--invenory', 'x'], 'unknown option --invenory; did you mean "--inventory"?'],
  ['launch', ['-x'], 'unknown option -x'],
  ['render', ['cluster1'], 'unexpected argument "cluster1"; this command takes no arguments'],
  ['render', ['--', '--json'], 'unexpected argument "--json"; this command takes no arguments'],
  ['render', ['--leaders'], '--leaders requires a value'],
  ['render', ['--leaders='], '--leaders requires a value'],
  [
    'render',
    ['--leaders', '--json'],
    '--leaders requires a value; a value that starts with - is written --leaders=--json',
  ],
  ['render', ['--json=1'], '--json does not take a value'],
  ['render', ['--leaders', 'three'], '--leaders must be a whole number, got "three"'],
  ['render', ['--followers', '1-3'], '--followers must be N, MIN:MAX or POOL=N, got "1-3"'],
  ['render', ['--followers', 'web=1', '--followers=batch=2'], '--followers can be given only once'],
  ['render', ['--set', 'mesos_zk_port'], '--set must be NAME=VALUE, got "mesos_zk_port"'],
  [
    'render',
    ['--set', 'mesos_zk_port=1', '--set', 'mesos_zk_port=2'],
    '--set mesos_zk_port can be given only once',
  ],
  ['render', ['--target', 'gcp'], '--target must be aws or local, got "gcp"'],
  ['render', ['--json', '--format', 'mime'], 'use either --json or --format'],
  ['render', ['--diff', '--format', 'json'], 'use either --diff or --format'],
  ['render', ['--diff', '--out', 'build'], 'use either --diff or --out'],
  ['render', ['--part', 'a.sh'], '--part requires --format mime'],
  ['render', ['--instance', 'a', '--format', 'mime'], '--instance requires --format nocloud'],
  [
    'render',
    ['--format', 'terrafrom'],
    '--format must be cloud-config, gzip, base64, gzip+base64, mime, json, nocloud, terraform, terraform-external or ' +
      'cloudformation, got "terrafrom"; did you mean "terraform"?',
  ],
  ['check', ['--json', '--format', 'sarif'], 'use either --json or --format'],
  ['launch', ['--timeout', '0'], '--timeout must be a duration such as 90s or 10m, got "0"'],
  ['launch', ['--fit', 'zip'], '--fit must be auto, plain, gzip or s3, got "zip"; did you mean "gzip"?'],
  ['bake', ['--arch', 'amd46'], '--arch must be amd64 or arm64, got "amd46"; did you mean "amd64"?'],
  ['bake', ['--region', 'Paris'], '--region must be a region such as us-east-1, got "Paris"'],
  ['images', ['--keep', '2'], '--keep requires --prune'],
  ['images', ['--delete'], '--delete requires --prune'],
  ['images', ['--prune', '--keep', '0'], '--keep must be a whole number from 1 to 9999, got "0"'],
  ['explain', [], 'NAME is required'],
  ['logs', ['--target', 'local'], '--node NAME is required'],
  ['logs', ['--node', 'a', '--lines', 'ten'], '--lines must be a whole number from 0 to 999999, got "ten"'],
  ['logs', ['--node', 'a', '--boot', '--follow'], 'use either --boot or --follow'],
  ['logs', ['--node', 'a', '--boot', '--unit', 'consul'], 'use either --boot or --unit'],
  [
    'launch',
    ['--target', 'local', '--image', 'ami-0123456789abcdef0'],
    '--image applies to the aws target only',
  ],
  ['launch', ['--stand-ins'], '--stand-ins applies to the local target only'],
  ['launch', ['--target', 'local', '--recover'], '--recover applies to the aws target only'],
  ['bake', ['--target', 'local', '--arch', 'amd64'], '--arch applies to the aws target only'],
]

for (const [name, args, message] of mistakes) {
  test(`${name} ${args.join(' ')} is rejected as a usage error`, async t => {
    const { code, stdout, stderr } = await run(name, args)
    t.deepEqual([code, stdout], [2, ''])
    const said = stderr.replace('inventory.yaml not found; using inventory.example.yaml\n', '')
    t.is(said, `error: ${message}\nsee npm run ${name} -- --help\n`)
  })
}

test('a flag may be repeated, and a value may contain an equals sign', async t => {
  const node = ['--node=cluster1-leader-1', '--format=json']
  t.like(await run('render', [...node, '--json', '--json']), { code: 0 })
})

test('a resize on EC2 is refused with the way out', async t => {
  const { code, stdout, stderr } = await run('resize', ['--leaders', '5'])
  t.deepEqual([code, stdout], [1, ''])
  t.regex(stderr, /error: resize: the number of leaders of a running cluster cannot change on EC2 yet/)
  t.regex(stderr, /npm run launch -- --leaders 5/)
})
