import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { dump } from 'js-yaml'
import { assemble, examine } from '../../scripts/cluster/resolve.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'
import type { Code } from '../../scripts/inventory/problems.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'
import { fileIn, readDocument } from '../harness/documents.ts'
import { parserErrors } from '../harness/parsers.ts'
import { podmanMissing } from '../harness/podman.ts'
import { needing, runProgram, unless } from '../harness/programs.ts'
import { templates } from '../harness/sample.ts'

// With a rule removed, a value that it refuses reaches a daemon, which does not start. Each value is refused by its rule
// alone. To see what happens without the rule, it takes the place of a valid value in the user data.

type Row = readonly [code: Code, vars: Readonly<Record<string, unknown>>, valid: string, invalid: string]

const inventoryWith = (vars: Readonly<Record<string, unknown>>) =>
  dump({ cluster: 'c1', vars, groups: { leaders: { vars: { mesos_mode: 'leader' }, count: 1 } } })

const examined = (vars: Readonly<Record<string, unknown>>) =>
  examine(parseInventory(inventoryWith(vars), 'inventory.yaml'))

/** The user data of a leader without the rule, after checking that only this rule refuses the value. */
function documentWithout([code, vars, valid, invalid]: Row): { fails: string; starts: string } {
  const put = (value: string) => JSON.parse(JSON.stringify(vars).replaceAll(valid, value))
  const broken = examined(put(JSON.stringify(invalid).slice(1, -1)))
  const found = new Set(broken.problems.map(problem => problem.code))
  if (found.size !== 1 || !found.has(code)) throw new Error(`${invalid} breaks ${[...found].join(' and ')}`)
  const { cluster, draft } = examined(vars)
  if (cluster === undefined) throw new Error(`${valid} is refused`)
  const text = renderCluster(templates, assemble(draft))[0]?.text ?? ''
  if (!text.includes(valid)) throw new Error(`${valid} is not in the user data`)
  return { starts: text, fails: text.replaceAll(valid, invalid.replace('\n', '\\n')) }
}

const inDomain = (domain: string) => ({ consul_domain: domain, mesos_zk_dns: `zookeeper.service.${domain}` })
const resolverFile = (content: string) => ({
  user_data_extra: { write_files: [{ path: '/etc/dnsmasq.d/own.conf', content }] },
})

/** Rules about what the resolver reads. */
const ofResolver: readonly Row[] = [
  ['E009', inDomain('valid.example'), 'valid.example', `${'a'.repeat(64)}.example`],
  ['E009', { consul_dns_port: 10_053 }, '10053', '65536'],
  ['E079', resolverFile('server=/corp/10.0.0.2'), 'server=', 'sever='],
  ['E079', resolverFile('local-ttl=5'), 'local-ttl=5', 'cache-size=500'],
  ['E079', resolverFile('local-ttl=5'), 'local-ttl=5', 'neg-ttl=5'],
  ['E079', resolverFile('local-ttl=5'), 'local-ttl=5', 'local-ttl=5\nlocal-ttl=6'],
]

// What the image sets in /etc/mesos-bakery/dnsmasq.conf.
const ofImage = 'cache-size=10000\nno-hosts\nbind-interfaces\nlisten-address=127.0.0.1\n'

needing(anyTest, 'dnsmasq')('without their rule, dnsmasq does not start with what the rules refuse', t => {
  const judge = (document: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-resolver-'))
    const files = readDocument(document).write_files.filter(({ path }) => path.startsWith('/etc/dnsmasq.d/'))
    const path = join(folder, 'dnsmasq.conf')
    writeFileSync(path, `${ofImage}${files.map(({ content }) => content).join('\n')}\n`)
    return runProgram('dnsmasq', ['--test', `--conf-file=${path}`]).code === 0
  }
  for (const row of ofResolver) {
    const { starts, fails } = documentWithout(row)
    t.deepEqual([judge(starts), judge(fails)], [true, false], row.slice(2).join(' → '))
  }
})

/** Rules about the heaps of Java, with the file and the variable that set them. */
const ofJava: readonly (readonly [row: Row, file: string, variable: RegExp])[] = [
  [['E009', { marathon_heap_mb: 777 }, '777', '1'], 'marathon.env', /JAVA_OPTS="?(-Xmx\d+m)"?$/m],
  [['E009', { marathon_heap_mb: 777 }, '777', '-1'], 'marathon.env', /JAVA_OPTS="?(-Xmx\S+m)"?$/m],
  [['E009', { marathon_heap_mb: 777 }, '777', '7.5'], 'marathon.env', /JAVA_OPTS="?(-Xmx\S+m)"?$/m],
  [['E009', { zookeeper_heap_mb: 777 }, '777', '1'], 'zookeeper.env', /ZK_SERVER_HEAP=(\d+)$/m],
  [
    ['E009', { zookeeper_heap_mb: 777 }, '777', '99999999999999999'],
    'zookeeper.env',
    /ZK_SERVER_HEAP=(\S+)$/m,
  ],
]

needing(anyTest, 'java')('without their rule, Java does not start with what the rules refuse', t => {
  for (const [row, file, variable] of ofJava) {
    const { starts, fails } = documentWithout([row[0], row[1], row[2], row[3]])
    const judge = (document: string) => {
      const [, value = ''] = variable.exec(fileIn(readDocument(document), `/etc/mesos-bakery/${file}`)) ?? []
      // zkServer.sh adds the option to the number.
      return runProgram('java', [value.startsWith('-') ? value : `-Xmx${value}m`, '-version']).code === 0
    }
    t.deepEqual([judge(starts), judge(fails)], [true, false], `${file}: ${row[3]}`)
  }
})

const consulFile = (content: string) => ({
  user_data_extra: { write_files: [{ path: '/etc/consul.d/own.hcl', content }] },
})
const file = (more: object) => ({ user_data_extra: { write_files: [{ path: '/srv/placeholder', ...more }] } })

/** Rules about what systemd, ZooKeeper, Consul and cloud-init read, all run once for all rows. */
const ofParsers: readonly Row[] = [
  ['E009', { consul_datacenter: 'placeholder' }, 'placeholder', 'two words'],
  ['E009', { consul_dns_ttl: '17s' }, '17s', '17 parsecs'],
  ['E009', { consul_http_port: 18_500 }, '18500', '65536'],
  ['E079', consulFile('log_level = "warn"'), 'log_level', 'log_levle'],
  ['E009', { zookeeper_max_client_connections: 61_234 }, '61234', '99999999999'],
  ['E009', { zookeeper_tick_ms: 1_234 }, '1234', '99999999999'],
  ['E009', { zookeeper_peer_port: 12_888 }, '12888', '99999999999'],
  ['E070', file({ content: 'a', owner: 'root:root' }), 'root:root', 'ops:ops'],
  ...['\ufdd0', '\u{1ffff}', '\u{2fffe}', '\u{10ffff}'].map(
    (char): Row => ['E009', { mesos_cluster: 'placeholder' }, 'placeholder', `a${char}`],
  ),
  ['E009', { mesos_cluster: 'placeholder' }, 'placeholder', 'a\u0085b'],
  ['E104', { mesos_cluster: 'placeholder' }, 'placeholder', 'x'.repeat(131_072)],
  ['E029', { marathon_options: { framework_name: 'placeholder' } }, 'placeholder', 'a\ufdef'],
  ['E104', { marathon_options: { framework_name: 'placeholder' } }, 'placeholder', 'x'.repeat(131_072)],
]

unless(podmanMissing(), anyTest as TestFn)(
  'without their rule, the parsers of systemd, ZooKeeper, Consul and cloud-init refuse what the rules refuse',
  t => {
    t.timeout(120_000)
    const documents = ofParsers.map(documentWithout)
    t.is(parserErrors(documents.map(one => one.starts)).size, 0)
    const found = parserErrors(documents.map(one => one.fails))
    for (const [index, [code, , , invalid]] of ofParsers.entries())
      t.true(found.has(index), `${code}: ${JSON.stringify(invalid.slice(0, 20))}`)
  },
)
