import anyTest, { type TestFn } from 'ava'
import fc from 'fast-check'
import { dump } from 'js-yaml'
import { assemble, examine } from '../../scripts/cluster/resolve.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'
import { type Code, severityOf } from '../../scripts/inventory/problems.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'
import { consulMissing } from '../harness/consul.ts'
import { parserErrors } from '../harness/parsers.ts'
import { podmanMissing } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'
import { templates } from '../harness/sample.ts'

// Inventories that pass the rules must boot. Inventories are generated at random from values on both sides of the
// limits of the rules, and the values do not indicate on which side they are: the rules accept or refuse the inventory,
// and the parsers of cloud-init, systemd, ZooKeeper and Consul judge each one that was accepted.

const test = unless(podmanMissing() ?? consulMissing(), anyTest as TestFn)

const inventories = 400
const seed = 20_261_127

const texts = [
  'c1',
  'two words',
  'ä☃😀',
  'a"b\\c',
  "it's",
  '$HOME `x`',
  '#1',
  'a\u00a0b',
  'no',
  '\ufdd0',
  '\u{1fffe}',
]
const long = ['x'.repeat(4_000), 'x'.repeat(131_100)]
const paths = ['/data/a', '/srv/b', '/var/lib/c', '/data//d', '/data/./e', '/mnt/f%1']

/** Draws from the first list eight times as often as from the second. */
const mostly = <T>(usual: readonly T[], rare: readonly T[] = usual) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom<unknown>(...usual) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(...rare) },
  )

const variables = {
  mesos_cluster: mostly(texts, long),
  mesos_attributes: mostly<object>(
    [{ rack: 'r1' }, { n: 1.5 }, { kind: texts[3] }],
    [{ x: '\ufdef' }, { x: '[1' }],
  ),
  mesos_resources: mostly<object>([{ cpus: 4 }, { cpus: 2, mem: 4096 }, { ports: '[31000-32000]' }]),
  mesos_log_dir: mostly(paths),
  mesos_leader_cmd: mostly(['mesos-master', '/opt/mesos/bin/mesos-master']),
  marathon_options: mostly([
    {},
    { webui_url: 'http://example.com/?a=b&c="d"' },
    { http_max_concurrent_requests: 5 },
  ]),
  zookeeper_data_dir: mostly(['/data/zk', '/data/zookeeper//x'], ['/srv/zk 1', '/data/zk\\']),
  zookeeper_tick_ms: mostly([500, 1_000, 2_000, 30_000], [1, 100_000_000, 3_000_000_000]),
  zookeeper_max_client_connections: mostly([0, 60, 1_000], [5_000_000_000]),
  zookeeper_peer_port: mostly([2888, 2889], [65_535]),
  zookeeper_heap_mb: mostly([256, 512, 1_024]),
  mesos_zk_chroot: mostly(['mesos', 'prod/mesos'], ['a..b', 'a//b']),
  consul_domain: mostly(['consul'], ['mesos.example', 'x_y']),
  consul_datacenter: mostly(['dc1', 'dc-1'], ['a_b', 'Dc2']),
  consul_dns_ttl: mostly(['0s', '5s', '1m30s', '1h'], ['5', '1e3s']),
  consul_http_port: mostly([8500, 8501]),
}

const packed = 'H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA=='
const file = fc.record(
  {
    path: mostly(
      ['/etc/mine', '/srv/mine/a', '/opt//b'],
      ['/etc/../srv/c', 'relative', '/etc/mesos-bakery/../x'],
    ),
    content: mostly<unknown>(['text\n', 'ä☃', ''], [null, 42, true, ['a']]),
    owner: mostly(['root:root', 'root'], ['ops:ops', 'nobody', 'www-data:www-data']),
    permissions: mostly<unknown>(['0644', '0600', '600'], ['u+x', '0999', 384]),
  },
  { requiredKeys: ['path'] },
)
const encoded = fc.record({
  path: fc.constant('/etc/encoded'),
  content: mostly(['aGVsbG8=', packed], ['text', 'ä']),
  encoding: mostly(['b64', 'base64', 'text/plain'], ['gz', 'gz+b64', 'utf9']),
})
const command = mostly<unknown>(
  ['true', ['touch', '/run/x'], ['echo', 1]],
  [{ 'curl -H Accept': 'application/json' }, 7, null],
)
const userData = fc.record(
  {
    write_files: fc.array(fc.oneof(file, encoded), { maxLength: 2 }),
    runcmd: fc.array(command, { maxLength: 3 }),
    bootcmd: fc.array(command, { maxLength: 2 }),
    packages: fc.constantFrom(['htop'], []),
  },
  { requiredKeys: [] },
)

/** A value in a quarter of the inventories. */
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const vars = fc.record({
  ...Object.fromEntries(Object.entries(variables).map(([name, values]) => [name, sometimes(values)])),
  user_data_extra: fc.oneof(fc.constant(undefined), userData),
})
const inventory = fc
  .tuple(vars, fc.constantFrom('leader', 'mixed'), fc.constantFrom(1, 3))
  .map(([chosen, mode, count]) =>
    dump({
      cluster: 'c1',
      vars: Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined)),
      groups: { leaders: { vars: { mesos_mode: mode }, count }, web: { min: 1 } },
    }),
  )

/**
 * Inventories that pass the rules, and the documents of their nodes. With `without`, those that only this rule refuses.
 */
function accepted(count: number, from: number, without?: Code) {
  return fc.sample(inventory, { numRuns: count, seed: from }).flatMap(text => {
    const { problems, draft } = examine(parseInventory(text, 'inventory.yaml'))
    const codes = new Set(problems.filter(one => severityOf(one) === 'error').map(({ code }) => code))
    if (without === undefined ? codes.size > 0 : codes.size !== 1 || !codes.has(without)) return []
    return [{ text, documents: renderCluster(templates, assemble(draft)).map(one => one.text) }]
  })
}

test('every generated inventory that the rules accept is accepted by the parsers of all daemons', t => {
  t.timeout(300_000)
  const passed = accepted(inventories, seed)
  const documents = passed.flatMap(one => one.documents)
  const found = parserErrors(documents)
  t.log(
    `${passed.length} of ${inventories} inventories accepted; ${documents.length} documents went through cloud-init`,
  )
  t.true(passed.length >= inventories / 2, String(passed.length))
  const owners = passed.flatMap(one => one.documents.map(() => one.text))
  t.deepEqual(
    [...found].map(([index, errors]) => `${errors.join('\n')}\n${owners[index]}`),
    [],
  )
})

// The rules that these parsers can verify, each with a seed for which one of 100 inventories breaks no other rule.
const judged: readonly (readonly [Code, number])[] = [
  ['E070', 1],
  ['E071', 1],
  ['E072', 1],
  ['E074', 1],
]

for (const [code, from] of judged) {
  test(`without ${code}, the rules accept an inventory of seed ${from} that a parser rejects`, t => {
    const documents = accepted(100, from, code).flatMap(one => one.documents)
    t.true(documents.length > 0)
    t.true(parserErrors(documents).size > 0)
  })
}

const ofUserData = (extra: string) =>
  `vars:\n  user_data_extra:\n    ${extra}\ngroups: { leaders: { vars: { mesos_mode: leader }, count: 1 } }\n`

/** Inventories that only one rule refuses, and that a parser rejects too. */
const listed: readonly (readonly [Code, extra: string])[] = [
  ['E062', 'ntp: [169.254.169.123]'],
  ['E073', 'write_files: [{ path: /etc/hosts/more, content: a }]'],
  ['E078', 'users: [default, { name: ops, uid: 0 }]'],
  ['E078', 'users: [default, { name: ops, homedir: srv/ops }]'],
  ['E078', 'users: [default, { name: ops, primary_group: staff2 }]'],
  ['E078', 'users: [default, { name: a, uid: 2000 }, { name: b, uid: 2000 }]'],
  ['E078', 'chpasswd: { users: [{ name: nobody2, type: RANDOM }] }'],
  ['E078', 'users: [default, { name: ops, sudo: true }]'],
  ['E079', 'timezone: europe/berlin'],
  ['E079', 'ntp: { ntp_client: ntpd-rs }'],
  ['E073', 'write_files: [{ path: /srv/a/b, content: a }, { path: /srv/a, content: b }]'],
  ['E079', "write_files: [{ path: /etc/consul.d/mine.json, content: '{' }]"],
]

test('without their rule, the rules accept listed inventories that a parser rejects', t => {
  t.timeout(300_000)
  const documents = listed.map(([code, extra]) => {
    const { problems, draft } = examine(parseInventory(ofUserData(extra), 'inventory.yaml'))
    t.deepEqual([...new Set(problems.map(problem => problem.code))], [code], extra)
    return renderCluster(templates, assemble(draft))[0]?.text ?? ''
  })
  const found = parserErrors(documents)
  for (const [index, [code, extra]] of listed.entries()) t.true(found.has(index), `${code}: ${extra}`)
})
