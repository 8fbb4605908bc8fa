import test from 'ava'
import { dump } from 'js-yaml'
import { inspect } from '../../scripts/check/inspect.ts'
import { parseValue, shownByMesos } from '../../scripts/inventory/mesos-values.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'

const file = 'inventory.yaml'

/** The codes and paths of the problems with some variables. */
function problemsOf(vars: Readonly<Record<string, unknown>>): readonly string[] {
  const text = dump({ vars, groups: { leaders: { vars: { mesos_mode: 'leader' } }, web: { min: 1 } } })
  const { problems } = inspect({ file, read: () => ({ file, text }) }, { value: { vars: {} }, problems: [] })
  return problems.map(({ code, path }) => `${code} ${String(path).replace(/^vars\.mesos_/, '')}`)
}

type Row = readonly [value: Readonly<Record<string, string | number>>, ...problems: readonly string[]]

const attributes: readonly Row[] = [
  [{ rack: 'r1' }],
  [{ rack: 7, zone: 'us-east-1a', kind: 'a:b,c=d|e', name: 'ä☃', path: '/a/b' }],
  [{ ports: '[1 - 2, 5-9]' }],
  // Brackets must match, and only those of ranges may start a value.
  [{ a: 'f(x)' }],
  [{ a: 'f(x' }, 'E039 attributes.a'],
  [{ a: 'x)(' }, 'E039 attributes.a'],
  [{ a: 'x]' }, 'E039 attributes.a'],
  [{ a: 'x[1]' }, 'E039 attributes.a'],
  [{ a: 'x{1}' }, 'E039 attributes.a'],
  [{ a: '{x}' }, 'E039 attributes.a'],
  [{ a: '[9-1]' }, 'E039 attributes.a'],
  [{ a: '[a]' }, 'E039 attributes.a'],
  [{ a: '[1-18446744073709551615]' }],
  [{ a: '[1-18446744073709551616]' }, 'E039 attributes.a'],
  // Numbers that Mesos does not support.
  [{ a: 'nan' }, 'E039 attributes.a'],
  [{ a: 'NaN(1)' }, 'E039 attributes.a'],
  [{ a: '-Infinity' }, 'E039 attributes.a'],
  [{ a: 'info' }],
  [{ a: '1e999' }],
  [{ a: -1 }, 'E039 attributes.a'],
  [{ a: '-1' }, 'E039 attributes.a'],
  [{ a: 0 }],
  [{ a: '1-2' }],
  [{ a: '1e-310' }, 'E039 attributes.a'],
  // Spaces are removed.
  [{ a: ' ' }, 'E039 attributes.a'],
  [{ a: 'row 1' }, 'W025 attributes.a'],
  [{ a: '4 5' }, 'W025 attributes.a'],
  [{ a: 'row\u00a01' }],
  // Digits that are lost in a number.
  [{ a: 9_007_199_254_740_991 }],
  [{ a: '9007199254740993' }, 'E101 attributes.a'],
  [{ a: 2 ** 60 }, 'E101 attributes.a'],
  [{ a: 'id-9007199254740993' }],
  [{ a: '007' }, 'W025 attributes.a'],
  [{ a: '1.10' }, 'W025 attributes.a'],
  [{ a: '1e5' }, 'W025 attributes.a'],
  [{ a: '1.1' }],
  [{ a: '1.1.0' }],
  [{ a: '0x1f' }],
  // A value that starts with file:// is read from that file.
  [{ file: '//x' }, 'E103 attributes.file'],
  [{ file: '/x' }],
  [{ a: 'b', file: '//x' }],
]

for (const [index, [value, ...problems]] of attributes.entries())
  test(`attributes ${index}: ${JSON.stringify(value)}`, t =>
    t.deepEqual(problemsOf({ mesos_attributes: value }), problems))

const resources: readonly Row[] = [
  [{ cpus: 4, mem: 8192, disk: '1e5', gpus: 2, ports: '[31000-32000]', licenses: '{a,b}', slots: '[1-2]' }],
  [{ cpus: 0, 'cpus(prod)': 4 }],
  [{ cpus: 0 }, 'W026 resources.cpus'],
  [{ mem: 0 }, 'W026 resources.mem'],
  [{ gpus: 0 }],
  // Amounts.
  [{ cpus: -1 }, 'E039 resources.cpus'],
  [{ cpus: '0x10' }, 'E039 resources.cpus'],
  [{ cpus: 'nan' }, 'E039 resources.cpus'],
  [{ cpus: 'inf' }, 'E039 resources.cpus'],
  [{ cpus: 0.001 }],
  [{ cpus: 0.0004 }, 'E039 resources.cpus'],
  [{ cpus: 1.5 }],
  [{ cpus: 1920 }],
  [{ cpus: 4000 }, 'E102 resources.cpus'],
  [{ cpus: 1.2345 }, 'W025 resources.cpus'],
  [{ gpus: 1.5 }, 'E039 resources.gpus'],
  [{ mem: '16g' }, 'E039 resources.mem'],
  [{ mem: '16 GB' }, 'E039 resources.mem'],
  [{ mem: 67_108_864 }],
  [{ mem: 67_108_865 }, 'E102 resources.mem'],
  [{ disk: 1_073_741_824 }],
  [{ disk: 1_073_741_825 }, 'E102 resources.disk'],
  [{ slots: 9_007_199_254_740_991 }],
  [{ slots: 2 ** 60 }, 'E101 resources.slots'],
  // Names.
  ...['memory', 'RAM', 'cpu', 'CPUS', 'Mem', 'gpu', 'disks', 'port'].map(
    (name): Row => [{ [name]: 4 }, `E100 resources.${name}`],
  ),
  ...['bandwidth', 'ssd', 'tpus', 'network_bandwidth', 'storage'].map((name): Row => [{ [name]: 4 }]),
  // Ports.
  [{ ports: '[61000-65535]' }],
  [{ ports: '[1 - 9, 20-21]' }],
  [{ ports: '[0-9]' }, 'E102 resources.ports'],
  [{ ports: '[65530-65536]' }, 'E102 resources.ports'],
  [{ ports: '[32000-31000]' }, 'E039 resources.ports'],
  [{ ports: 31_000 }, 'E039 resources.ports'],
  [{ ports: '[5-9,7-12]' }],
  [{ ports: '[1-9]', 'ports(web)': '[10-20]' }],
  [{ ports: '[1-9]', 'ports(web)': '[9-20]' }, 'E102 resources.ports(web)'],
  // Sets.
  [{ licenses: '{a,a}' }, 'E039 resources.licenses'],
  [{ licenses: '{a:b}' }, 'E039 resources.licenses'],
  [{ licenses: '{a, b}' }],
  [{ licenses: '{a b}' }, 'W025 resources.licenses'],
  // The same resource twice.
  [{ cpus: 1, 'cpus(*)': 1 }, 'E102 resources.cpus(*)'],
  [{ slots: 1, 'slots(web)': '[1-2]' }, 'E039 resources.slots(web)'],
  // Roles.
  ...['web', 'web/dev', '*', 'a-b', 'a.b', '...'].map((role): Row => [{ [`cpus(${role})`]: 1 }]),
  ...['-web', 'web/-dev', '/web', 'web/', 'a//b', '.', 'web/..', 'web/*'].map(
    (role): Row => [{ [`cpus(${role})`]: 1 }, `E039 resources.cpus(${role})`],
  ),
]

for (const [value, ...problems] of resources)
  test(`resources ${JSON.stringify(value)}`, t =>
    t.deepEqual(problemsOf({ mesos_resources: value }), problems))

test('a size with a unit is converted to MiB', t => {
  const help = (value: Readonly<Record<string, unknown>>) => {
    const text = dump({ vars: { mesos_resources: value }, groups: { a: { vars: { mesos_mode: 'leader' } } } })
    return parseInventory(text, file).problems.map(problem => problem.help)
  }
  t.deepEqual(help({ mem: '16g' }), ['mem is in MiB: write 16384'])
  t.deepEqual(help({ disk: '1.5TiB' }), ['disk is in MiB: write 1572864'])
  t.deepEqual(help({ mem: 17_179_869_184 }), ['if it is in bytes, write 16384'])
  t.deepEqual(help({ memory: 1 }), ['did you mean "mem"?'])
})

test('a value that only causes a warning is kept as written', t => {
  const vars = { mesos_attributes: { rack: '007' }, mesos_follower_options: { xfs_kill_containers: true } }
  const { value } = parseInventory(dump({ vars, groups: { web: { min: 1 } } }), file)
  t.deepEqual(value.vars, vars)
})

test('numbers are parsed and printed as in Mesos', t => {
  t.deepEqual(parseValue(' 1 5 '), { kind: 'scalar', amount: 15 })
  t.deepEqual(parseValue('.5'), { kind: 'scalar', amount: 0.5 })
  t.deepEqual(parseValue('1_000'), { kind: 'text' })
  t.is(shownByMesos(1.0005), '1.001')
  t.is(shownByMesos(2 ** 53), '9007199254740992')
})

const others: readonly Row[] = [
  [{ mesos_cluster: 'file://x' }, 'E103 cluster'],
  [{ mesos_cluster: 'file:x' }],
  [{ mesos_cluster: 'a\ufdcf\ufdf0\u{1fffd}' }],
  ...['\ufdd0', '\ufdef', '\u{1fffe}', '\u{10ffff}', '\ufffe'].map(
    (text): Row => [{ mesos_cluster: text }, 'E009 cluster'],
  ),
  [{ mesos_executor_registration_timeout: '1secs' }],
  [{ mesos_executor_registration_timeout: '999ms' }, 'E009 executor_registration_timeout'],
  [{ mesos_executor_registration_timeout: '15250weeks' }],
  [{ mesos_executor_registration_timeout: '15251weeks' }, 'E009 executor_registration_timeout'],
  [{ mesos_leader_cmd: '/opt/mesos/bin/mesos-master' }],
  [{ mesos_leader_cmd: 'bin/mesos-master' }, 'E009 leader_cmd'],
  [{ mesos_leader_cmd: '-i' }, 'E009 leader_cmd'],
  [{ mesos_leader_cmd: '/opt/..' }, 'E009 leader_cmd'],
  [{ consul_dns_ttl: '0s' }],
  [{ consul_dns_ttl: '999ms' }, 'E009 vars.consul_dns_ttl'],
  [{ consul_dns_ttl: '596523h' }],
  [{ consul_dns_ttl: '596524h' }, 'E009 vars.consul_dns_ttl'],
]

for (const [value, ...problems] of others)
  test(`variables ${JSON.stringify(value)}`, t => t.deepEqual(problemsOf(value), problems))

test('a value in an environment variable may have up to 128 KiB, including the name', t => {
  const most = 131_072 - 'MESOS_CLUSTER=\0'.length
  t.deepEqual(problemsOf({ mesos_cluster: 'x'.repeat(most) }), [])
  t.deepEqual(problemsOf({ mesos_cluster: 'x'.repeat(most + 1) }), ['E104 cluster'])
  t.deepEqual(problemsOf({ mesos_cluster: 'ä'.repeat(most / 2 + 1) }), ['E104 cluster'])
  t.deepEqual(problemsOf({ mesos_attributes: { a: 'x'.repeat(131_072) } }), ['E104 attributes'])
  const flag = { rate_limits: { limits: [{ principal: '☃'.repeat(21_846) }] } }
  t.deepEqual(problemsOf({ mesos_leader_options: flag }), ['E104 leader_options.rate_limits'])
})
