import test from 'ava'
import fc from 'fast-check'
import { inspect } from '../../scripts/check/inspect.ts'
import { type Problem, severityOf } from '../../scripts/inventory/problems.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'
import { type Judged, judge } from '../harness/cloud-init-modules.ts'
import { readDocument } from '../harness/documents.ts'
import { needing } from '../harness/programs.ts'
import { clusterOf, sampleInventory, templates } from '../harness/sample.ts'

const inventoryWith = (extra: string) =>
  `${sampleInventory(1)}vars:\n  user_data_extra:\n${extra.replace(/^(?=.)/gm, '    ')}\n`

const errorsIn = (extra: string): readonly Problem[] => {
  const read = () => ({ file: 'inventory.yaml', text: inventoryWith(extra) })
  const { problems } = inspect({ file: 'inventory.yaml', read }, { value: { vars: {} }, problems: [] })
  return problems.filter(problem => severityOf(problem) === 'error')
}

const rendered = (extra: string) =>
  renderCluster(templates, clusterOf(inventoryWith(extra)))[0]?.text.replace(/^#cloud-config\n/, '') ?? ''

const own = readDocument(renderCluster(templates, clusterOf(sampleInventory(1)))[0]?.text ?? '')
const bytes = (one: Judged, path: string) => Buffer.from(one.files.files[path]?.hex ?? '', 'hex').toString()

/** Cloud-config that must be accepted, and its expected result. */
const accepted: readonly (readonly [extra: string, holds: (one: Judged) => boolean])[] = [
  ['write_files: [{ path: /a, permissions: 0600 }]', one => one.files.files['/a']?.mode === '0600'],
  ['write_files: [{ path: /a, permissions: 0o640 }]', one => one.files.files['/a']?.mode === '0640'],
  ['write_files: [{ path: /a, permissions: "755" }]', one => one.files.files['/a']?.mode === '0755'],
  ['write_files: [{ path: /a, permissions: }]', one => one.files.files['/a']?.mode === '0644'],
  ['write_files: [{ path: /a, owner: "root:adm", content: no }]', one => bytes(one, '/a') === 'no'],
  ['write_files: [{ path: /a, owner: }, { path: /b, owner: "-1:none" }]', one => '/b' in one.files.files],
  ['write_files: [{ path: /a, content: aGVsbG8=, encoding: B64 }]', one => bytes(one, '/a') === 'hello'],
  [
    'write_files: [{ path: /a, encoding: gz+b64, content: H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA== }]',
    one => bytes(one, '/a') === 'hello',
  ],
  [
    'write_files: [{ path: /a, content: "1" }, { path: //a, content: "2", append: yes }]',
    one => bytes(one, '/a') === '12',
  ],
  [
    'groups: [app]\nwrite_files: [{ path: /a, owner: "root:adm", defer: on }]',
    one => one.files.files['/a']?.mode === '0644',
  ],
  ['users: [default, { name: ops, lock_passwd: no }]', one => one.users.answer?.includes('ops') === true],
  ['cloud_final_modules: [package-update-upgrade-install, scripts-user]', one => one.modules.error === null],
  ['power_state: { mode: reboot }', one => one.power.answer?.includes('-r') === true],
  ['power_state: { mode: poweroff, condition: false }', () => true],
  ['growpart: { mode: off }', () => true],
  ['runcmd: ["test -e /srv || exit 1"]', () => true],
  ['runcmd: ["echo \'unclosed"]', () => true],
  ['runcmd: [exec sleep 60]', () => true],
  ['runcmd: [[kill, -9, $PPID], "kill -9 $$", null, "if"]', () => true],
  ['runcmd: [[docker, run, -p, 22:22, 1.5, 7], "echo {a: b}"]', () => true],
]

needing(test, 'cloud-init')('what is accepted is written and started by cloud-init, ours first', t => {
  for (const [extra] of accepted) t.deepEqual(errorsIn(extra), [], extra)
  const judged = judge(accepted.map(([extra]) => rendered(extra)))
  for (const [index, [extra, holds]] of accepted.entries()) {
    const one = judged[index] as Judged
    t.is(one.files.error, null, extra)
    t.is(one.commands.error, null, extra)
    t.deepEqual(one.commands.started, ['enable --now --no-block mesos-leader.target'], extra)
    for (const { path, content } of own.write_files) t.is(bytes(one, path), content, extra)
    t.true(holds(one), extra)
  }
})

/** Cloud-config that must be refused, by which rule, and how it would fail. */
const refused: readonly (readonly [code: string, extra: string, fails: (one: Judged) => boolean])[] = [
  [
    'E070',
    'write_files: [{ path: /a, owner: app }]',
    one => /Unknown user or group/.test(one.files.error ?? ''),
  ],
  ['E070', 'write_files: [{ path: /a, owner: "root:app" }]', one => one.files.error !== null],
  ['E070', 'write_files: [{ path: /a, owner: "0:0" }]', one => one.files.error !== null],
  [
    'E070',
    'write_files: [{ path: /a, owner: 0 }, { path: /b, owner: 7 }]',
    one => !('/b' in one.files.files),
  ],
  ['E070', 'write_files: [{ path: /a, owner: app, defer: true }]', one => one.files.error !== null],
  ...['', '42', 'true', '[a]', '{ a: b }'].map(
    content =>
      [
        'E071',
        `write_files: [{ path: /a, content: ${content} }, { path: /b }]`,
        (one: Judged) => !('/b' in one.files.files),
      ] as const,
  ),
  ['E071', 'write_files: [{ path: /a, content: hi, encoding: gz }]', one => one.files.error !== null],
  ['E071', 'write_files: [{ path: /a, content: hello, encoding: b64 }]', one => one.files.error !== null],
  [
    'E071',
    'write_files: [{ path: /a, content: aGVsbG8=, encoding: gz+b64 }]',
    one => one.files.error !== null,
  ],
  [
    'E071',
    'write_files: [{ path: /a, content: hi, encoding: utf-8 }]',
    one => /Unknown encoding/.test(one.warnings.join()),
  ],
  ['E071', 'write_files: [{ path: /a, content: hi, encoding: 64 }]', one => one.files.error !== null],
  ['E072', 'write_files: [{ path: /a, permissions: 600 }]', one => one.files.files['/a']?.mode === '1130'],
  ['E072', 'write_files: [{ path: /a, permissions: true }]', one => one.files.files['/a']?.mode === '0001'],
  [
    'E072',
    'write_files: [{ path: /a, permissions: "u=rw" }]',
    one => /Undecodable/.test(one.warnings.join()),
  ],
  [
    'E072',
    'write_files: [{ path: /a, permissions: "0888" }]',
    one => /Undecodable/.test(one.warnings.join()),
  ],
  ['E073', 'write_files: [{ path: "~/a", content: hi }]', one => bytes(one, '/a') !== 'hi'],
  ['E073', 'write_files: [{ path: /etc/b }, { path: /etc }]', one => one.files.error !== null],
  [
    'E073',
    'write_files: [{ path: /a, content: one }, { path: /./a, content: two }]',
    one => bytes(one, '/a') === 'two',
  ],
  ['E041', 'write_files: [null, { path: /b }]', one => !('/b' in one.files.files)],
  [
    'E041',
    'write_files: [{ path: /etc/x/..//consul.d/agent.json }]',
    one => '/etc/consul.d/agent.json' in one.files.files,
  ],
  ...['curl -H Accept: a/b', '42', 'true'].map(
    command =>
      [
        'E074',
        `runcmd:\n  - [systemctl, enable]\n  - ${command}`,
        (one: Judged) => one.commands.started.length === 0 && one.commands.error !== null,
      ] as const,
  ),
  ['E074', 'runcmd: [[systemctl, true, { a: b }]]', one => one.commands.started.join() === "True {'a': 'b'}"],
  [
    'E075',
    'cloud_init_modules: [bootcmd]',
    one => !one.modules.answer?.cloud_init_modules?.includes('write_files'),
  ],
  ['E075', 'cloud_config_modules: []', one => !one.modules.answer?.cloud_config_modules?.includes('runcmd')],
  ['E075', 'cloud_final_modules:', one => !one.modules.answer?.cloud_final_modules?.includes('scripts_user')],
  ['E075', 'cloud_final_modules: [scripts-user, 7]', one => /unknown type/.test(one.modules.error ?? '')],
  ['E077', 'power_state: { mode: poweroff }', one => one.power.answer?.includes('-P') === true],
  ['E077', 'power_state: { mode: sleep }', one => one.power.error !== null],
  ['E078', 'users: [default, 7]', one => one.users.error !== null],
  ['E078', 'groups: [7]', one => one.users.error !== null],
]

needing(test, 'cloud-init')('what is refused fails or does harm in cloud-init', t => {
  for (const [code, extra] of refused)
    t.true(
      errorsIn(extra).some(problem => problem.code === code),
      extra,
    )
  const judged = judge(refused.map(([, extra]) => extra))
  for (const [index, [, extra, fails]] of refused.entries()) {
    t.true(fails(judged[index] as Judged), extra)
  }
})

/** A value in YAML: usually a valid one, sometimes an invalid one. `''` omits the key. */
const pick = (right: readonly string[], wrong: readonly string[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.constantFrom(...wrong) },
  )

/** An entry of `write_files`, as users write it. */
const someFile = fc.record({
  owner: pick(['', 'root:root', '"root:adm"', 'www-data', '"-1"'], ['ops', '"root:ops"', '"0:0"', '7']),
  permissions: pick(
    ['', '0600', '0755', '"0640"', '"644"', '0o600', '01777'],
    ['600', '1777', '"0899"', 'rw', 'no'],
  ),
  content: pick(
    ['hello', '"hi\\n"', 'aGVsbG8=', '"aGVs bG8="'],
    ['no', 'aGVsbG8', '42', '1.5', 'true', '[a]', '~'],
  ),
  encoding: pick(['', '', '', 'b64', 'Base64', 'text/plain'], ['gz', 'gzip+b64', 'utf8']),
  defer: pick([''], ['true', 'no']),
})

needing(test, 'cloud-init')('cloud-init decides on hundreds of random files as our rules do', t => {
  const samples = fc.sample(someFile, { numRuns: 400, seed: 20_261_127 }).map(file => {
    const settings = Object.entries(file).filter(([, value]) => value !== '')
    const extra = `write_files: [{ ${['path: /a', ...settings.map(pair => pair.join(': '))].join(', ')} }]`
    return { extra, file, fine: errorsIn(extra).length === 0 }
  })
  // Refused cloud-config is passed as it was written, because it would not be rendered.
  const judged = judge(samples.map(({ extra, fine }) => (fine ? rendered(extra) : extra)))
  let went = 0
  for (const [index, { extra, file, fine }] of samples.entries()) {
    const one = judged[index] as Judged
    const digits = file.permissions.replace(/"|^0o/g, '')
    const mode = digits === '' ? '0644' : Number.parseInt(digits, 8).toString(8).padStart(4, '0')
    const asMeant =
      one.files.error === null && one.warnings.length === 0 && one.files.files['/a']?.mode === mode
    if (fine) t.true(asMeant, `${extra}\n${one.files.error}\n${one.warnings}`)
    // YAML 1.2 reads `no` as a string, which is equivalent to quoting it.
    else if (file.content !== 'no') t.false(asMeant, extra)
    went += fine ? 1 : 0
  }
  t.log(`${went} of ${samples.length} random files were accepted, and written by cloud-init`)
  t.true(went > 100 && went < 300)
})

needing(test, 'cloud-init')(
  'keys that have no effect are those whose module Debian’s cloud-init does not run',
  t => {
    const [{ modules } = { modules: { answer: null } }] = judge(['{}'])
    const runs = new Set(Object.values(modules.answer ?? {}).flat())
    for (const name of [
      'ansible',
      'fan',
      'landscape',
      'lxd',
      'resolv_conf',
      'snap',
      'spacewalk',
      'wireguard',
    ])
      t.false(runs.has(name), name)
    for (const name of ['ntp', 'chef', 'puppet', 'timezone', 'rsyslog', 'byobu', 'phone_home'])
      t.true(runs.has(name), name)
  },
)
