import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { $ } from 'zx'
import { readConsole } from '../../scripts/health/console.ts'

/** A node without daemons: the folder that the program `report` uses instead of the file system. */
function makeNode(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-console-'))
  for (const name of ['bin', 'etc', 'ssh', 'cloud-init']) mkdirSync(join(folder, name))
  const programs = { systemctl: 'units', journalctl: 'journal' }
  for (const [program, file] of Object.entries(programs)) {
    writeFileSync(join(folder, 'bin', program), `#!/bin/sh\ncat ${folder}/${file}\n`, { mode: 0o755 })
  }
  const cloudInit = { 'cloud-init/result.json': '{}', 'cloud-init/status.json': '{}' }
  for (const [name, text] of Object.entries({ units: unit(), journal: '', ...cloudInit, ...files })) {
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** A unit as systemctl prints it. It runs, unless other properties are given. */
function unit(more: Readonly<Record<string, string | number>> = {}): string {
  const running = { LoadState: 'loaded', ActiveState: 'active', SubState: 'running', Result: 'success' }
  const times = { InactiveExitTimestampMonotonic: 1, ActiveEnterTimestampMonotonic: 1 }
  const properties = {
    Id: 'mesos-master.service',
    ...running,
    NRestarts: 0,
    MainPID: 7,
    Job: '',
    ...times,
    ...more,
  }
  return `${Object.entries(properties)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n\n`
}

const failed = unit({ ActiveState: 'failed', SubState: 'failed', Result: 'exit-code' })

/** Runs Python statements with the program as `report`, and returns what they print. */
async function python(folder: string, statements: string): Promise<string> {
  const done = await $({ quiet: true })`python3 test/harness/report_program.py ${folder} ${statements}`
  return done.stdout
}

/** The result of a Python expression. */
async function value(expression: string): Promise<unknown> {
  return JSON.parse(
    await python(makeNode(), `from timeit import timeit; print(report.json.dumps(${expression}))`),
  )
}

/** The frames on a console, each with its kind and whether the first unit is reported. */
function kindsIn(text: string): readonly string[] {
  const frames = text.split('\r\n').filter(line => line.startsWith('mesos-bakery '))
  return frames.map(line => {
    const [, , sequence, , kind, , content = ''] = line.split(' ')
    return `${sequence} ${kind}${kind === 'same' ? ` ${content}` : content.includes('"failed"') ? ' failed' : ''}`
  })
}

test('a report is written at once, once more, as unchanged, and in full when it changes', async t => {
  const folder = makeNode({
    'ssh/ssh_host_ed25519_key.pub': 'ssh-ed25519 AAAA root@node\n',
    journal: 'Started.\nError: no disk, password=x\n\nUsage: master\n  --flag\n',
  })
  const fail = `lambda: replace('units', ${JSON.stringify(failed)})`
  const text = await python(folder, `run_on_terminal(7, {4: ${fail}})`)
  t.deepEqual(kindsIn(text), [
    '1 full',
    '2 full',
    '3 same 1',
    '4 same 1',
    '5 full failed',
    '6 full failed',
    '7 same 5',
  ])
  t.like(readConsole(text), {
    bootNumber: 1,
    report: {
      cloud_init: { status: 'done', errors: [] },
      units: [
        { name: 'mesos-master.service', active: 'failed', sub: 'failed', restarts: 0, result: 'exit-code' },
      ],
      host_keys: ['ssh-ed25519 AAAA'],
      logs: { 'mesos-master.service': ['Started.', 'Error: no disk, password= ***'] },
    },
  })
})

test('the complete report is written again at least every 10 minutes', async t => {
  const text = await python(makeNode(), 'report.REMINDER = 4; run_on_terminal(6)')
  t.deepEqual(kindsIn(text), ['1 full', '2 full', '3 same 1', '4 full', '5 same 1', '6 full'])
})

test('the report says why Consul does not find the other servers, until it knows a leader', async t => {
  const said = [
    '2026-01-01T00:00:00Z [ERROR] agent: Cannot discover address: address="provider=aws" error="https response error StatusCode: 403, RequestID: 1-2, api error UnauthorizedOperation: no"',
    '2026-01-01T00:00:00Z [WARN]  agent: Join cluster failed, will retry: retry_interval=10s',
    '2026-01-01T00:00:01Z [ERROR] agent.http: Request error: error="No cluster leader"',
  ]
  const consul = unit({ Id: 'consul.service' })
  const folder = makeNode({ units: consul, journal: said.join('\n') })
  const logs = 'report.logs(report.loaded_units(), [], {"leader": %s})'
  const shown = await python(
    folder,
    `print(report.json.dumps([${['None', '"10.0.0.1:8300"'].map(leader => logs.replace('%s', leader)).join(', ')}]))`,
  )
  t.deepEqual(JSON.parse(shown), [
    {
      'consul.service': [
        '[ERROR] agent: Cannot discover address: error="https response error StatusCode: 403, api error UnauthorizedOperation: no"',
        '[WARN]  agent: Join cluster failed, will retry: retry_interval=10s',
      ],
    },
    {},
  ])
})

test('a console that is missing, blocked or full does not block the program, and a torn frame is not accepted', async t => {
  const text = await python(
    makeNode(),
    `
import fcntl
report.PATIENCE = 0.2
print(report.write('there is no console'))
os.mkfifo(report.CONSOLE)
print(report.write('nobody reads'))
reader = os.open(report.CONSOLE, os.O_RDONLY | os.O_NONBLOCK)
fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
print(report.write(report.frame('1-00000000', 1, 'full', 'x' * 6000)))
print(os.read(reader, 10_000).decode(), end='')
print(report.write(report.frame('1-00000000', 2, 'same', '1')))
print(os.read(reader, 10_000).decode())`,
  )
  t.regex(text, /^False\nFalse\nFalse\n\nmesos-bakery 1-00000000 1 \d+ full [0-9a-f]{8} x{4000,}True\n/)
  t.like(readConsole(text), { boot: '1-00000000', sequence: 2, report: undefined })
})

test('a restarted program continues the boot, and the next boot has a higher number', async t => {
  const text = await python(
    makeNode(),
    `
first = report.identity()
report.store(report.FRAMES, f'{first[0]} 5')
print(report.identity() == (first[0], 5))
os.remove(report.FRAMES)
print(report.identity()[0].split('-')[0])
report.store(report.BOOTS, '')
print(report.identity()[0].split('-')[0])
report.BOOTS = '/proc/boots'
print(report.identity()[0].split('-')[0])`,
  )
  t.is(text, 'True\n2\n0\n1\n')
})

test('the pinned frames of the program are those that the reader accepts', async t => {
  const text = await python(
    makeNode(),
    `
report.time.time = lambda: 1700000000.5
short = {'cloud_init': {'status': 'done', 'errors': ['é']}, 'units': [], 'consul': None, 'zookeeper': None}
short |= {'master': None, 'agent': None, 'marathon': None, 'host_keys': [], 'logs': {}}
print(report.frame('3-0123abcd', 7, 'full', report.fitted(short)))
print(report.frame('3-0123abcd', 8, 'same', '7'))`,
  )
  t.is(text, pinned)
  t.deepEqual(readConsole(text), {
    boot: '3-0123abcd',
    bootNumber: 3,
    sequence: 8,
    time: 1_700_000_000,
    report: {
      cloud_init: { status: 'done', errors: ['é'] },
      units: [],
      consul: null,
      zookeeper: null,
      master: null,
      agent: null,
      marathon: null,
      host_keys: [],
      logs: {},
    },
  })
})

const pinned =
  'mesos-bakery 3-0123abcd 7 1700000000 full 490946d3 {"cloud_init":{"status":"done","errors":["\\u00e9"]},"units":[],' +
  '"consul":null,"zookeeper":null,"master":null,"agent":null,"marathon":null,"host_keys":[],"logs":{}}\n' +
  'mesos-bakery 3-0123abcd 8 1700000000 same 76dfbfc0 7\n'

const idle = { ActiveState: 'inactive', SubState: 'dead', InactiveExitTimestampMonotonic: 0 }
const units: readonly (readonly [string, Readonly<Record<string, string | number>>, boolean])[] = [
  ['that runs', {}, false],
  ['that was never to be started', idle, false],
  ['that waits for its start', { ...idle, Job: 42 }, true],
  ['that was stopped', { ...idle, InactiveExitTimestampMonotonic: 5 }, true],
  ['that starts', { ActiveState: 'activating' }, true],
  ['that runs after a restart', { NRestarts: 1 }, true],
  ['that has failed', { ActiveState: 'failed', Result: 'exit-code' }, true],
]
test('only units that are not simply running are reported', async t => {
  for (const [what, properties, reported] of units) {
    const folder = makeNode({ units: unit(properties) })
    const said = await python(folder, 'print([report.is_unusual(unit) for unit in report.loaded_units()])')
    t.is(said, reported ? '[True]\n' : '[False]\n', `a unit ${what}`)
  }
  const target = 'Id=mesos-leader.target\nLoadState=loaded\nActiveState=active\nSubState=active\n\n'
  const folder = makeNode({ units: target })
  t.is(
    await python(folder, 'print([report.is_unusual(unit) for unit in report.loaded_units()])'),
    '[False]\n',
  )
})

const recently = { InactiveExitTimestampMonotonic: 1, ActiveEnterTimestampMonotonic: 900_000_000 }
const failures: readonly (readonly [string, Readonly<Record<string, string | number>>, boolean])[] = [
  ['that runs', {}, false],
  ['that has failed', { ActiveState: 'failed' }, true],
  ['that waits for its restart', { ActiveState: 'activating', SubState: 'auto-restart' }, true],
  ['that starts again', { ActiveState: 'activating', SubState: 'start', NRestarts: 1 }, true],
  ['that was restarted less than a minute ago', { NRestarts: 1, ...recently }, true],
  ['that was restarted earlier', { NRestarts: 1 }, false],
]
test('the logs of units that fail or restart are reported', async t => {
  for (const [what, properties, reported] of failures) {
    const folder = makeNode({ units: unit(properties) })
    const statements = `
report.time.monotonic = lambda: 950
print(list(report.logs(report.loaded_units(), [], None)))`
    t.is(await python(folder, statements), reported ? "['mesos-master.service']\n" : '[]\n', `a unit ${what}`)
  }
})

const secrets: readonly (readonly [log: string, shown: string])[] = [
  ['password=hunter2 and more', 'password= ***'],
  ['--set db_password: hunter2', '--set db_password: ***'],
  ['{"secret": "abc", "port": 1}', '{"secret": ***'],
  ['{\\"api_token\\": \\"abc\\"}', '{\\"api_token\\": ***'],
  ['AWS_SECRET_ACCESS_KEY=abc', 'AWS_SECRET_ACCESS_KEY= ***'],
  ['start --zk_token abc', 'start --zk_token ***'],
  ['zk://user:pa:s@s@host:2181/mesos', 'zk://***@host:2181/mesos'],
  ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: ***'],
  ['curl -H bearer 0123456789abcdefghij', 'curl -H bearer ***'],
  ['id AKIAABCDEFGHIJKLMNOP used', 'id *** used'],
  ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', '***'],
  ['https://b.s3.amazonaws.com/x?X-Amz-Signature=abc', 'https://b.s3.amazonaws.com/x?X-Amz-Signature= ***'],
  ['ghp_0123456789abcdefghij', '***'],
  ['a\n-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nb', 'a\n***\nb'],
  ['-----BEGIN PRIVATE KEY-----\nabc', '***'],
  ["Failed to load flag 'weights': Failed to parse", "Failed to load flag 'weights': Failed to parse"],
  [
    'Basic authentication failed for zookeeper: refused',
    'Basic authentication failed for zookeeper: refused',
  ],
  ['2fd4e1c67a2d28fced849ee1bb76e7391b93eb12', '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12'],
]
test('secrets in logs are masked', async t => {
  const logs = secrets.map(([log]) => log)
  t.deepEqual(
    await value(`[report.without_secrets(log) for log in ${JSON.stringify(logs)}]`),
    secrets.map(([, shown]) => shown),
  )
})

test('the search for secrets ends soon for any line that the journal can contain', async t => {
  const parts = ['a', '-', '=', '/', 'key', 'Aa1', 'a://', '-----BEGIN a-----', '-----BEGIN a----']
  const seconds = await value(
    `[timeit(lambda: report.without_secrets((part * 48_000)[:48_000]), timer=report.time.process_time, number=1) for part in ${JSON.stringify(parts)}]`,
  )
  // A fraction of a second of CPU time each. An expression that tries again at every character takes minutes.
  for (const [index, part] of parts.entries()) t.true(((seconds as number[])[index] ?? 99) < 10, part)
})

const lastLines = "print(report.json.dumps(report.last_lines(['a'])))"

test('the log of cloud-init ends with its last error, after which it continues', async t => {
  const folder = makeNode({
    journal: 'no such disk\n2026 - util.py[WARNING]: Failed to run bootcmd\nGenerating keys\nfinished\n',
  })
  t.deepEqual(JSON.parse(await python(folder, lastLines)), [
    'no such disk',
    '2026 - util.py[WARNING]: Failed to run bootcmd',
  ])
})

test('the log of a Mesos daemon ends with the reason why it ended, without the advice that follows', async t => {
  const reason = 'E1128 06:21:23.283207  3497 slave.cpp:7620] EXIT with status 1: Failed to perform recovery'
  const advice = Array.from({ length: 60 }, (_, index) => ` "line": ${index}`).join('\n')
  const folder = makeNode({ journal: `Agent started\n${reason}\n${advice}\nMain process exited\n` })
  t.deepEqual(JSON.parse(await python(folder, lastLines)), ['Agent started', reason])
})

test('a node that found no data source has an error, although cloud-init reports none', async t => {
  const folder = makeNode({})
  const files = (datasource: string) =>
    [
      `replace('cloud-init/result.json', '{"v1": {"datasource": "${datasource}", "errors": []}}')`,
      `replace('cloud-init/status.json', '{"v1": {"init": {"errors": []}}}')`,
      'print(report.json.dumps(report.cloud_init()))',
    ].join('\n')
  const { status, errors } = JSON.parse(await python(folder, files('DataSourceNone')))
  t.is(status, 'error')
  t.regex(errors[0], /^found no user data/)
  t.deepEqual(JSON.parse(await python(folder, files('DataSourceEc2'))), { status: 'done', errors: [] })
})

test('log lines are short and contain no control characters', async t => {
  const folder = makeNode({ journal: `\x1b[31mred\x1b[0m\ttab\n${'x'.repeat(300)}\n` })
  const lines = await python(folder, lastLines)
  t.deepEqual(JSON.parse(lines), ['red tab', 'x'.repeat(200)])
})

test('a report has at most 6,000 bytes, and loses the oldest log lines first, then the ends of errors', async t => {
  const shortened = async (errors: readonly string[], logs: Readonly<Record<string, readonly string[]>>) => {
    const text = (await value(
      `report.fitted(report.json.loads(${JSON.stringify(JSON.stringify({ cloud_init: { errors }, logs }))}))`,
    )) as string
    t.true(text.length <= 6_000)
    t.true(text.length > 5_000)
    return JSON.parse(text)
  }
  const lines = Array.from({ length: 8 }, (_, index) => `${index}${'é'.repeat(100)}`)
  const { cloud_init, logs } = await shortened(['e'.repeat(900)], { a: lines, b: lines, c: ['short'] })
  t.is(cloud_init.errors[0].length, 900)
  t.is(logs.a.at(-1), lines.at(-1))
  t.true(logs.a.length >= 2 && logs.a.length < 8 && logs.b.length >= 2)
  t.deepEqual(logs.c, ['short'])
  const units = Array.from({ length: 99 }, (_, index) => [`unit-${index}`, Array(8).fill('line')])
  await shortened([], Object.fromEntries(units))
  const many = await shortened(
    Array.from({ length: 20 }, () => 'e'.repeat(1_000)),
    { a: lines },
  )
  t.deepEqual(many.logs, { a: [] })
  t.is(many.cloud_init.errors.length, 20)
})

test('a log line cannot look like a frame', async t => {
  const forged = await value("report.frame('9-00000000', 9, 'same', '1')")
  const folder = makeNode({ journal: `${forged}\n`, units: failed })
  const text = await python(folder, 'run_on_terminal(1)')
  t.deepEqual(readConsole(text)?.report?.logs, { 'mesos-master.service': [forged] })
  t.is(text.split('mesos-bakery ').length, 2)
})
