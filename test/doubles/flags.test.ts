import test from 'ava'
import { runProgram } from '../harness/programs.ts'
import { programFile } from './double.ts'

/** Runs a stand-in that exits immediately, with its own environment. */
function ran(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  return runProgram('env', ['-i', 'PYTHONDONTWRITEBYTECODE=1', ...settings, programFile(program), ...args])
}

/** Fatal errors and their messages. Each is from the tests or the source of the real flag parser. */
const fatal: readonly (readonly [string, readonly string[], RegExp, Record<string, string>?])[] = [
  ['an unknown flag', ['--foo=1'], /^Failed to load unknown flag 'foo'\n/],
  ['an unknown negation', ['--no-foo'], /^Failed to load unknown flag 'foo' via 'no-foo'\n/],
  ['a flag without a value', ['--work_dir'], /^Failed to load non-boolean flag 'work_dir': Missing value\n/],
  ['a negated text', ['--no-work_dir'], /^Failed to load non-boolean flag 'work_dir' via 'no-work_dir'\n/],
  [
    'a negation with a value',
    ['--no-quiet=true'],
    /^Failed to load boolean flag 'quiet' via 'no-quiet' with value 'true'/,
  ],
  ['a wrong boolean', ['--quiet=maybe'], /^Failed to load flag 'quiet': .*Expecting a boolean/],
  ['a wrong number', ['--quorum=two'], /^Failed to load flag 'quorum': .*Failed to convert 'two' to number/],
  ['a negative count', ['--max_completed_frameworks=-1'], /^Failed to load flag 'max_completed_frameworks'/],
  ['a port too high', ['--port=65536'], /^Failed to load flag 'port'/],
  [
    'a duration without unit',
    ['--zk_session_timeout=10'],
    /^Failed to load flag 'zk_session_timeout': .*unit/,
  ],
  ['a unit of another tool', ['--zk_session_timeout=10s'], /Unknown duration unit 's'/],
  ['a value out of bounds', ['--agent_ping_timeout=16mins'], /agent_ping_timeout: must be 1secs\.\.15mins/],
  ['a value that is no choice', ['--registry=etcd'], /registry: must be replicated_log\|in_memory/],
  ['wrong JSON', ['--acls={'], /^Failed to load flag 'acls'/],
  ['a file that is missing', ['--zk=file:///nowhere'], /Error reading file '\/nowhere'/],
  ['a flag twice', ['--port=1', '--port=1'], /^Flag 'port' is already loaded via name 'port'/],
  [
    'a flag with its older name',
    ['--agent_ping_timeout=20secs'],
    /is already loaded via name/,
    { MESOS_SLAVE_PING_TIMEOUT: '20secs' },
  ],
  ['two ways to the address', ['--ip=127.0.0.1', '--ip_discovery_command=true'], /Only one of `--ip/],
  ['a wrong variable', [], /^Failed to load flag 'quorum'/, { MESOS_QUORUM: 'two' }],
  ['no work directory', ['--quorum=1'], /^--work_dir needed for replicated log based registry/],
  ['ZooKeeper without a quorum', ['--zk=zk://a:1/mesos', '--work_dir=/w'], /^Need to specify --quorum/],
  ['ZooKeeper without a path', ['--zk=zk://a:1/', '--work_dir=/w', '--quorum=1'], /'\/' is not supported/],
  [
    'a registry in memory with a wrong ZooKeeper',
    ['--registry=in_memory', '--zk=zk://a:1'],
    /'\/' is not supported/,
  ],
  ['a module that it does not have', ['--master_detector=x'], /Module 'x' unknown/],
  ['ZooKeeper without a port', ['--zk=zk://a/mesos', '--work_dir=/w', '--quorum=1'], /Expecting host:port/],
]

for (const [what, args, said, env] of fatal) {
  test(`a master exits with code 1 for ${what}`, t => {
    const { code, output } = ran('mesos-master', args, env)
    t.is(code, 1)
    t.regex(output, said)
    t.regex(output, /^Usage: mesos-master \[options\]$/m)
  })
}

test('an agent requires a work directory and one master', t => {
  t.regex(ran('mesos-agent', ['--master=a:1']).output, /^Flag 'work_dir' is required/)
  t.regex(ran('mesos-agent', ['--work_dir=/w']).output, /^Missing required option `--master`/)
  t.regex(
    ran('mesos-agent', ['--work_dir=/w', '--zk=zk://a:1/b']).output,
    /^Failed to load unknown flag 'zk'/,
  )
})

test('--version requires no other flags', t => {
  for (const program of ['mesos-master', 'mesos-agent']) {
    t.deepEqual(ran(program, ['--version']), { code: 0, output: 'mesos 1.11.0\n' })
    t.is(ran(program, ['--help']).code, 0)
  }
})

test('the command line takes precedence over the environment, in which unknown names are ignored', t => {
  const env = { MESOS_VERSION: 'false', MESOS_NATIVE_JAVA_LIBRARY: '/x', MESOS_QUORUM: '3', MESOS_port: '5' }
  t.is(ran('mesos-master', ['--version'], env).output, 'mesos 1.11.0\n')
  t.is(ran('mesos-master', [], { ...env, MESOS_VERSION: '' }).output, 'mesos 1.11.0\n')
})
