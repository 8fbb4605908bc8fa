import test from 'ava'
import fc from 'fast-check'
import { printable } from '../../scripts/inventory/types.ts'
import { quote } from '../../scripts/user-data/quote.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'
import { fileIn, readDocument, readEnvironment } from '../harness/documents.ts'
import { runProgram } from '../harness/programs.ts'
import { clusterOf, refusals, sampleInventory, templates } from '../harness/sample.ts'

const nasty = fc.constantFrom(
  '"',
  '\\',
  "'",
  '`',
  '$',
  '${',
  '%{',
  '{{',
  '<%=',
  '%>',
  '#',
  ': ',
  '- ',
  '|',
  '\\n',
  '&',
  '*',
  '!',
  '☃',
  '😀',
)
const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })
const hostile = fc
  .array(fc.oneof(nasty, anyText), { minLength: 1, maxLength: 8 })
  .map(parts => parts.join(''))
const writable = hostile.filter(text => printable.test(text))

const rendered = (value: string) => {
  const vars = {
    mesos_cluster: value,
    mesos_attributes: { rack: value.replaceAll(';', '') || 'x' },
    mesos_leader_options: { external_log_file: value },
    marathon_options: { http_realm: value },
  }
  const cluster = clusterOf(sampleInventory(1), { vars })
  return renderCluster(templates, cluster).map(({ text }) => text)
}

/** A document without its values: its keys, paths and commands, and the names in its files. */
const structure = (text: string) => {
  const { write_files, ...rest } = readDocument(text)
  return {
    ...rest,
    files: write_files.map(({ path, content }) => [
      path,
      content.split('\n').map(line => line.split('=')[0]),
    ]),
  }
}

test('a value in a document is parsed unchanged, and does not change the structure around it', t => {
  const plain = rendered('plain').map(structure)
  fc.assert(
    fc.property(writable, value => {
      const [leader = '', follower = ''] = rendered(value)
      t.deepEqual([leader, follower].map(structure), plain)
      const master = readEnvironment(fileIn(readDocument(leader), '/etc/mesos-bakery/mesos-master.env'))
      const marathon = readEnvironment(fileIn(readDocument(leader), '/etc/mesos-bakery/marathon.env'))
      const agent = readEnvironment(fileIn(readDocument(follower), '/etc/mesos-bakery/mesos-agent.env'))
      t.is(master.get('MESOS_CLUSTER'), value)
      t.is(master.get('MESOS_EXTERNAL_LOG_FILE'), value)
      t.is(marathon.get('MARATHON_HTTP_REALM'), value)
      t.is(agent.get('MESOS_ATTRIBUTES'), `rack:${value.replaceAll(';', '') || 'x'}`)
    }),
    { numRuns: 1_000 },
  )
})

test('a value that no file format can represent is refused', t => {
  const bad = [
    'a\nb',
    'tab\t',
    'nul\u0000',
    'del\u007f',
    'nel\u0085',
    'ls\u2028',
    'bom\ufeff',
    'half\ud800',
    '\uffff',
  ]
  for (const value of bad) {
    const text = `${sampleInventory(1)}vars: { mesos_cluster: ${JSON.stringify(value)} }\n`
    t.is(refusals(() => clusterOf(text)).length, 1, JSON.stringify(value))
    t.throws(() => quote(value), { instanceOf: TypeError })
  }
})

test('a quoted value is the same in YAML 1.1, in JSON and in systemd', t => {
  const values = fc.sample(writable, { numRuns: 20_000, seed: 42 })
  const document = values.map((value, index) => `k${index}: ${quote(value)}\n`).join('')
  const script =
    'import json, sys, yaml; print(json.dumps(list(yaml.load(sys.stdin.read(), yaml.CSafeLoader).values())))'
  const { code, output } = runProgram('/usr/bin/python3', ['-c', script], document)
  t.is(code, 0, output.slice(-500))
  t.deepEqual(JSON.parse(output), values)
  for (const value of values) t.is(JSON.parse(quote(value)), value)
})

test('JSON in a flag may contain any character, because it is escaped', t => {
  const flag = { principal: 'nel\u0085 ls\u2028 astral😀 "\\' }
  const vars = { mesos_leader_options: { rate_limits: { limits: [flag] } } }
  const [leader] = renderCluster(templates, clusterOf(sampleInventory(1), { vars }))
  const master = readEnvironment(
    fileIn(readDocument(leader?.text ?? ''), '/etc/mesos-bakery/mesos-master.env'),
  )
  t.deepEqual(JSON.parse(master.get('MESOS_RATE_LIMITS') ?? ''), { limits: [flag] })
})

test('a missing value throws', t => {
  t.throws(() => quote(undefined), { instanceOf: TypeError })
  t.throws(() => quote(null), { instanceOf: TypeError })
  t.throws(() => quote(Number.NaN), { instanceOf: TypeError })
})
