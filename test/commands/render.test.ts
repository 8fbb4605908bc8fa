import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { run } from '../harness/command.ts'

interface Rendered {
  cluster: string
  quorum: number
  nodes: {
    name: string
    group: string
    mode: string
    seat: number | null
    bytes: number
    sha256: string
    userData: string
  }[]
}

const render = async (...args: string[]) => {
  const { stdout } = await run('render', ['--json', ...args])
  return JSON.parse(stdout) as Rendered
}

test('--leaders 3 --json prints seats 1 to 3, quorum 2 and a pool', async t => {
  const { cluster, quorum, nodes } = await render('--leaders', '3')
  t.is(cluster, 'cluster1')
  t.is(quorum, 2)
  t.deepEqual(
    nodes.map(({ name, mode, seat }) => [name, mode, seat]),
    [
      ['cluster1-leader-1', 'leader', 1],
      ['cluster1-leader-2', 'leader', 2],
      ['cluster1-leader-3', 'leader', 3],
      ['cluster1-mesos_followers', 'follower', null],
    ],
  )
  for (const { userData, bytes, sha256 } of nodes) {
    t.is(Buffer.byteLength(userData), bytes)
    t.is(createHash('sha256').update(userData).digest('hex'), sha256)
  }
})

test('rendering twice gives the same bytes, and --node prints a single node with the same bytes', async t => {
  const [first, second, node] = await Promise.all([
    run('render', ['--json']),
    run('render', ['--json']),
    run('render', ['--node', 'cluster1-leader-2']),
  ])
  t.is(first.stdout, second.stdout)
  const { nodes } = JSON.parse(first.stdout) as Rendered
  t.is(node.stdout, nodes.find(({ name }) => name === 'cluster1-leader-2')?.userData ?? '')
  t.is(node.stderr, 'inventory.yaml not found; using inventory.example.yaml\n')
})

test('--leaders 4 fails with exit code 1 and suggests 3 and 5', async t => {
  const { code, stdout, stderr } = await run('render', ['--leaders', '4'])
  t.is(code, 1)
  t.is(stdout, '')
  t.regex(stderr, /error: --leaders: must be odd, got 4 \[E012\]\n.*--leaders 4\n.* \^ use 3 or 5\n$/)
})

test('an even number in the file is refused with the same message, with all problems at once', async t => {
  const file = 'test/cases/bad-even.yaml'
  writeFileSync(file, 'groups: { a: { vars: { mesos_mode: leader }, count: 4 }, b: { min: 3, max: 1 } }\n')
  t.teardown(() => rmSync(file))
  const { code, stderr } = await run('render', ['--inventory', file])
  t.is(code, 1)
  t.is(
    stderr,
    `error: ${file}:1:53: groups.a.count: must be odd, got 4 [E012]
   1 | groups: { a: { vars: { mesos_mode: leader }, count: 4 }, b: { min: 3, max: 1 } }
     |                                                     ^ use 3 or 5

error: ${file}:1:68: groups.b.min: min 3 is greater than max 1 [E017]
   1 | groups: { a: { vars: { mesos_mode: leader }, count: 4 }, b: { min: 3, max: 1 } }
     |                                                                    ^ lower min or raise max
`,
  )
})

test('without options all nodes are written to build/, and files of removed nodes are deleted', async t => {
  const [folder, file] = ['build/files', 'build/files.yaml']
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true })
    rmSync(file, { force: true })
  })
  mkdirSync('build', { recursive: true })
  writeFileSync(file, 'cluster: files\ngroups: { a: { vars: { mesos_mode: leader } } }\n')
  t.is((await run('render', ['--inventory', file, '--leaders', '3'])).code, 0)
  t.is(readdirSync(folder).length, 3)
  const { stdout } = await run('render', ['--inventory', file, '--leaders', '1'])
  t.deepEqual(readdirSync(folder), ['files-leader-1.yaml'])
  t.true(stdout.startsWith('build/files/files-leader-1.yaml  '))
  t.true(readFileSync(`${folder}/files-leader-1.yaml`, 'utf8').startsWith('#cloud-config\n'))
})

test('every format is written to a directory or printed, with the same bytes', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-render-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const one = ['--node', 'cluster1-leader-2']
  const [plain, base64, written] = await Promise.all([
    run('render', one),
    run('render', [...one, '--format', 'base64']),
    run('render', ['--format', 'base64', '--out', folder]),
  ])
  t.is(Buffer.from(base64.stdout, 'base64').toString(), plain.stdout)
  t.is(readFileSync(join(folder, 'cluster1-leader-2.base64'), 'utf8'), base64.stdout)
  t.is(written.stdout.trimEnd().split('\n').length, 4)
  const [printed, module] = await Promise.all([
    run('render', ['--format', 'cloudformation']),
    run('render', ['--format', 'cloudformation', '--out', join(folder, 'a/b')]),
  ])
  t.regex(module.stdout, /a\/b\/template\.json +\d+ bytes +sha256 /)
  t.is(readFileSync(join(folder, 'a/b/template.json'), 'utf8'), printed.stdout)
})

const mistakes: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  [
    'a file that is not there',
    ['--inventory', 'nowhere.yaml'],
    1,
    /^error: nowhere\.yaml: file not found; to create it, copy inventory\.example\.yaml\n$/,
  ],
  ['a folder', ['--inventory', 'docs'], 1, /^error: docs: is a directory; name a file/],
  [
    'a device that never ends',
    ['--inventory', '/dev/zero'],
    1,
    /^error: \/dev\/zero: is larger than 16 MiB\n$/,
  ],
  ['a name that no file can have', ['--inventory', 'x'.repeat(300)], 1, /: name too long\n$/],
  [
    'a directory that cannot be created',
    ['--out', '/proc/none'],
    1,
    /error: \/proc\/none: the directory cannot be created\n$/,
  ],
  [
    'an unknown node',
    ['--node', 'cluster1-leder-1'],
    2,
    /--node: unknown node cluster1-leder-1\n.*\n.* \^{16} did you mean "cluster1-leader-1"\?\n$/,
  ],
  [
    'more leaders than ZooKeeper has ids',
    ['--leaders', '257'],
    1,
    /--leaders: must be a whole number from 0 to 255, got 257 \[E009\]\n/,
  ],
  [
    'a misspelt variable',
    ['--set', 'mesos_zk_prot=1'],
    1,
    /--set mesos_zk_prot: unknown variable \[E007\]\n.*\n.* \^{13} did you mean "mesos_zk_port"\?\n$/,
  ],
  [
    'a group in place of a node',
    ['--node', 'mesos_leaders'],
    2,
    /--node: mesos_leaders is a group, not a node\n[^^]*\^{13} its nodes are cluster1-leader-1, cluster1-leader-2, cluster1-leader-3\n$/,
  ],
  [
    'user-data that is too large for a format',
    ['--format', 'base64', '--set', `mesos_attributes={rack: ${'x'.repeat(16_000)}}`],
    1,
    /error: cluster1-mesos_followers: is too large for EC2 as base64 \(17\d{3} bytes, limit 16384\); use --format gzip\+base64 \(\d+ bytes\)\n$/,
  ],
  [
    'text that Terraform would change',
    ['--format', 'terraform', '--set', 'mesos_attributes={rack: e\u0301}'],
    1,
    /error: cluster1-mesos_followers: contains text that is not in Unicode normalization form C/,
  ],
  [
    'a part that is not there',
    ['--format', 'mime', '--part', 'nowhere.sh'],
    1,
    /error: nowhere\.sh: file not found\n$/,
  ],
]

for (const [what, args, code, message] of mistakes) {
  test(`${what} exits with code ${code} and a single clear message`, async t => {
    const ran = await run('render', args)
    t.is(ran.code, code, ran.stderr)
    t.is(ran.stdout, '')
    t.regex(ran.stderr, message)
    t.notRegex(ran.stderr, / {4}at /, 'a stack')
  })
}
