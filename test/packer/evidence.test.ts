import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { $ } from 'zx'
import { parseReport } from '../../scripts/health/report.ts'

// The evidence that the program `report` gathers, with its files in a folder.

const settings = '/etc/mesos-bakery/mesos-bakery-test.env'

const applied = `#cloud-config
write_files:
  - path: ${settings}
    content: |
      MESOS_QUORUM=2
      MESOS_ZK="zk://user:oldsecret@zookeeper"
  - path: /etc/elsewhere
    content: of the user
`

/** A unit as systemctl prints it. */
function unit(id: string, more: Readonly<Record<string, string | number>>): string {
  const shown = {
    Id: id,
    LoadState: 'loaded',
    SubState: 'dead',
    Result: 'success',
    NRestarts: 0,
    MainPID: 0,
    ...more,
  }
  return `${Object.entries(shown)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n\n`
}

function makeNode(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-evidence-'))
  for (const name of ['bin', 'etc', 'ssh', 'cloud-init']) mkdirSync(join(folder, name))
  for (const [program, file] of [
    ['systemctl', 'units'],
    ['journalctl', 'journal'],
  ] as const) {
    writeFileSync(join(folder, 'bin', program), `#!/bin/sh\ncat ${folder}/${file}\n`, { mode: 0o755 })
  }
  const units = [
    unit('dnsmasq.service', {
      ActiveState: 'inactive',
      InactiveExitTimestampMonotonic: 5,
      ExecMainStatus: 15,
    }),
    unit('mesos-bakery-drain.service', { ActiveState: 'inactive', InactiveExitTimestampMonotonic: 0 }),
    unit('marathon.service', {
      ActiveState: 'activating',
      SubState: 'auto-restart',
      NRestarts: 4,
      ExecMainStatus: 112,
    }),
  ]
  writeFileSync(join(folder, 'units'), units.join(''))
  writeFileSync(join(folder, 'journal'), 'stopped, password=hunter2\n')
  writeFileSync(join(folder, 'applied.yaml'), applied)
  writeFileSync(join(folder, 'now'), 'MESOS_QUORUM=3\nMESOS_ZK="zk://user:newsecret@zookeeper"\n')
  return folder
}

async function python(folder: string, statements: string): Promise<string> {
  const setUp = `report.APPLIED = ['${folder}/applied.yaml']; report.HEALTH = '${folder}/health'`
  const done = await $({
    quiet: true,
  })`python3 test/harness/report_program.py ${folder} ${`${setUp}\n${statements}`}`
  return done.stdout
}

const whole = `{"cloud_init": {"status": "done", "errors": []}, "units": [], "consul": {"servers": [], "leader": None, "voters": None}, "zookeeper": None, "master": None, "agent": None, "marathon": None}`

test('evidence is parsed: stopped and failing units, edited files and what is unhealthy, without secrets', async t => {
  const folder = makeNode()
  const text = await python(
    folder,
    `
plain = open
def redirected(path, *rest, **more):
    return plain('${folder}/now' if path == '${settings}' else path, *rest, **more)
report.open = redirected
units = report.loaded_units()
print(report.json.dumps(report.with_evidence(${whole}, units)))
print(report.fitted(report.compact(${whole}, units)))`,
  )
  const [full = '', short = ''] = text.trim().split('\n')
  for (const line of [full, short]) {
    const report = parseReport(line)
    t.like(report?.evidence, {
      stopped: ['dnsmasq.service'],
      edited: [{ file: settings, lines: ['MESOS_QUORUM=3', 'MESOS_ZK'] }],
    })
    t.deepEqual(Object.keys(report?.evidence?.ill ?? {}), ['consul'])
    t.deepEqual(Object.keys(report?.logs ?? {}).sort(), ['dnsmasq.service', 'marathon.service'])
    t.notRegex(line, /secret|hunter2/)
  }
  t.is(typeof parseReport(full)?.evidence?.time, 'number')
  t.is(parseReport(short)?.units.find(({ name }) => name === 'marathon.service')?.status, 112)
  t.true(short.length < 6_000)
})

test('the times since which parts are unhealthy are kept, until they are healthy', async t => {
  const text = await python(
    makeNode(),
    `
ill = ${whole}
report.store(report.HEALTH, '{"well": 5, "ill": {"consul": 7, "agent": 8}}')
report.keep_health(ill, False)
print(open(report.HEALTH).read())
ill["consul"]["leader"] = "10.0.0.1:8300"
report.keep_health(ill, True)
print(open(report.HEALTH).read())`,
  )
  t.deepEqual(
    text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
    [
      { well: 5, ill: { consul: 7 } },
      { well: 5, ill: {} },
    ],
  )
})

test('answers of the DNS server are read, and a server that does not answer is told apart', async t => {
  const text = await python(
    makeNode(),
    `
import socket
reply = (b'\\0\\7\\x81\\x80\\0\\1\\0\\2\\0\\0\\0\\0' + b'\\2zk\\6consul\\0\\0\\1\\0\\1'
    + b'\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\5\\0\\4\\x0a\\0\\0\\2' + b'\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\5\\0\\4\\x0a\\0\\0\\1')
class Peer:
    def __init__(self, *_): pass
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def settimeout(self, _): pass
    def connect(self, _): pass
    def send(self, _): pass
    def recv(self, _): return reply
class Silent(Peer):
    def recv(self, _): raise TimeoutError
for kind in (Peer, Silent):
    report.socket.socket = kind
    print(report.addresses_of('zk.consul'))`,
  )
  t.is(text, "['10.0.0.1', '10.0.0.2']\nNone\n")
})
