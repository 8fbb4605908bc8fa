import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { dump } from 'js-yaml'
import { inspect } from '../../scripts/check/inspect.ts'
import { type VariableName, variables } from '../../scripts/inventory/variables.ts'
import { needing, runProgram } from '../harness/programs.ts'

const file = 'inventory.yaml'

/** The codes and paths of the problems with some variables. */
function problemsOf(vars: Readonly<Record<string, unknown>>, mode = 'leader'): readonly string[] {
  const text = dump({ vars, groups: { leaders: { vars: { mesos_mode: mode } }, web: { min: 1 } } })
  const { problems } = inspect({ file, read: () => ({ file, text }) }, { value: { vars: {} }, problems: [] })
  return problems
    .filter(({ code }) => code !== 'W003')
    .map(({ code, path }) => `${code} ${String(path).replace(/^vars\./, '')}`)
}

type Row = readonly [vars: Readonly<Record<string, unknown>>, ...problems: readonly string[]]

function checkRows(title: string, rows: readonly Row[], mode?: string): void {
  for (const [vars, ...problems] of rows)
    test(`${title}: ${JSON.stringify(vars)}`, t => t.deepEqual(problemsOf(vars, mode), problems))
}

checkRows('heaps and ticks', [
  [{ zookeeper_heap_mb: 16, marathon_heap_mb: 64 }],
  [{ zookeeper_heap_mb: 15 }, 'E009 zookeeper_heap_mb'],
  [{ marathon_heap_mb: 63 }, 'E009 marathon_heap_mb'],
  [{ zookeeper_tick_ms: 99 }, 'E009 zookeeper_tick_ms'],
  [{ zookeeper_tick_ms: 60_001 }, 'E009 zookeeper_tick_ms'],
])

const connections = 'zookeeper_max_client_connections'
checkRows('connections of a leader', [
  [{ [connections]: 0 }],
  [{ [connections]: 7 }],
  [{ [connections]: 6 }, `E106 ${connections}`],
  [{ [connections]: 5, marathon_enabled: false }],
  [{ [connections]: 4, marathon_enabled: false }, `E106 ${connections}`],
  [{ [connections]: 1, zookeeper_enabled: false, mesos_zk_dns: 'zk.example.com' }, `W032 ${connections}`],
])
checkRows(
  'connections of a mixed node',
  [[{ [connections]: 8 }], [{ [connections]: 7 }, `E106 ${connections}`]],
  'mixed',
)

const session = 'zk_session_timeout'
checkRows('sessions and ticks', [
  [{ zookeeper_tick_ms: 500 }],
  [{ zookeeper_tick_ms: 4000 }],
  // The session timeout of Marathon is 10 s by default, that of the master 8 s.
  [{ zookeeper_tick_ms: 499 }, 'W027 zookeeper_tick_ms'],
  [{ zookeeper_tick_ms: 4001 }, 'W027 zookeeper_tick_ms'],
  [{ mesos_leader_options: { [session]: '2secs' } }],
  [{ mesos_leader_options: { [session]: '20secs' } }],
  [{ mesos_leader_options: { [session]: '1999ms' } }, `W027 mesos_leader_options.${session}`],
  [{ mesos_follower_options: { [session]: '20001ms' } }, `W027 mesos_follower_options.${session}`],
  [{ marathon_options: { [session]: 20_000 } }],
  [{ marathon_options: { [session]: 20_001 } }, `W027 marathon_options.${session}`],
  [{ mesos_leader_options: { [session]: '1mins' }, zookeeper_tick_ms: 3000 }],
  [{ mesos_leader_options: { [session]: '1hrs' }, zookeeper_enabled: false, mesos_zk_dns: 'zk.example.com' }],
])

checkRows('times that overflow', [
  [{ mesos_leader_options: { [session]: '25days' } }, `E029 mesos_leader_options.${session}`],
  [{ marathon_options: { zk_timeout: 2_147_483_647 } }],
  [{ marathon_options: { zk_timeout: 2_147_483_648 } }, 'E029 marathon_options.zk_timeout'],
  [{ marathon_options: { kill_retry_timeout: 9_223_372_036_854 } }],
  [
    { marathon_options: { kill_retry_timeout: 9_223_372_036_855 } },
    'E029 marathon_options.kill_retry_timeout',
  ],
])

const within = (domain: string) => ({ consul_domain: domain, mesos_zk_dns: `zookeeper.service.${domain}` })
checkRows('domains', [
  ...['consul', 'mesos.internal', 'example.com', 'dc1', 'corp', 'amazonaws.com.example.org'].map(
    (domain): Row => [within(domain)],
  ),
  ...[
    'com',
    'org',
    'net',
    'io',
    'de',
    'amazonaws.com',
    's3.amazonaws.com',
    'internal',
    'compute.internal',
    'arpa',
  ].map((domain): Row => [within(domain), 'E107 consul_domain']),
  [within('local'), 'W028 consul_domain'],
  [within('mesos.local'), 'W028 consul_domain'],
  [
    { consul_domain: 'example.com', zookeeper_enabled: false, mesos_zk_dns: 'zk.example.com' },
    'E107 consul_domain',
  ],
  [{ consul_domain: 'example.com', zookeeper_enabled: false, mesos_zk_dns: 'zk.service.example.com' }],
  [{ consul_domain: 'example.com', zookeeper_enabled: false, mesos_zk_dns: 'zk.service.dc2.example.com' }],
  [{ consul_domain: 'example.com', zookeeper_enabled: false, mesos_zk_dns: 'zk.example.org' }],
])

const smallest = { zookeeper_heap_mb: 16, marathon_heap_mb: 64 } satisfies Partial<
  Record<VariableName, number>
>

needing(test, 'java')('Java starts with the smallest heaps, and not with a heap of 1 MiB', t => {
  const start = (heap: number) => runProgram('java', [`-Xmx${heap}m`, '-version']).code
  t.is(start(1), 1)
  for (const [name, heap] of Object.entries(smallest)) {
    const { schema } = variables[name as keyof typeof smallest].type
    t.deepEqual([schema.safeParse(heap).success, schema.safeParse(heap - 1).success], [true, false])
    t.is(start(heap), 0)
  }
})

// Runs the parser of ZooKeeper, which derives the bounds of the session timeout, for the tick time in each line.
const judge = `
import java.nio.file.*;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
class Judge {
  public static void main(String[] ticks) throws Exception {
    for (String tick : ticks) {
      Path path = Files.createTempFile("zoo", ".cfg");
      String text = "tickTime=" + tick + "\\ninitLimit=20\\nsyncLimit=3\\ndataDir=/tmp\\nclientPort=2181\\n";
      Files.writeString(path, text + "server.1=a:2888:3888\\nserver.2=b:2888:3888\\nserver.3=c:2888:3888\\n");
      QuorumPeerConfig config = new QuorumPeerConfig();
      try { config.parse(path.toString()); } catch (QuorumPeerConfig.ConfigException e) {
        // It checks for the file myid last.
        if (!String.valueOf(e.getCause()).contains("myid")) throw e;
      }
      int read = config.getTickTime();
      System.out.println(read + " " + read * 2 + " " + read * 20);
    }
  }
}`

needing(test, 'java')('ZooKeeper takes the shortest and the longest tick', t => {
  const source = join(mkdtempSync(join(tmpdir(), 'mesos-bakery-ticks-')), 'Judge.java')
  writeFileSync(source, judge)
  const { code, output } = runProgram('java', ['-cp', '/usr/share/java/*', source, '100', '60000'])
  t.is(code, 0, output)
  t.deepEqual(
    output.split('\n').filter(line => /^\d/.test(line)),
    ['100 200 2000', '60000 120000 1200000'],
  )
})
