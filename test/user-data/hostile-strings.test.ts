import { execFileSync } from 'node:child_process'
import test from 'ava'
import { checkFlags } from '../../scripts/inventory/flags.ts'
import marathonFlags from '../../scripts/inventory/marathon-flags.json' with { type: 'json' }
import mesosFlags from '../../scripts/inventory/mesos-flags.json' with { type: 'json' }
import { Path } from '../../scripts/inventory/problem-path.ts'
import { printable } from '../../scripts/inventory/types.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'
import { type CloudConfig, fileIn, readEnvironment } from '../harness/documents.ts'
import { needing } from '../harness/programs.ts'
import { clusterOf, sampleInventory, templates } from '../harness/sample.ts'

const inventories = 140
const perList = 710

/** A small random number generator (mulberry32), which produces the same strings every time. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const pieces = [
  ...[
    '"',
    "'",
    '\\',
    '`',
    '$',
    '$' + '{x}',
    '$(ls)',
    '%{',
    '%%',
    '{{ v }}',
    '{% if %}',
    '{#',
    '<%= 1 %>',
    '<%- x -%>',
    '%>',
  ],
  ...[
    '#',
    ' #',
    ': ',
    '- ',
    '? ',
    '|',
    '>',
    '|-\n  x',
    '&a',
    '*a',
    '!!python/object',
    '!',
    '@',
    '---',
    '...',
    '\n---\n',
    '<<: *a',
  ],
  ...[
    'no',
    'on',
    'yes',
    'null',
    '~',
    '1:30',
    '0755',
    '0o17',
    '1e3',
    '.inf',
    '2020-01-01',
    '=',
    '[',
    ']',
    '{',
    '}',
    ',',
  ],
  ...[
    '\\n',
    '\\u0000',
    '\\x41',
    '\t',
    '\n',
    '\r',
    '\r\n',
    '\0',
    '\u0007',
    '\u001b[31m',
    '\u007f',
    '\u0085',
    '\u00a0',
  ],
  ...[
    '\u2028',
    '\u2029',
    '\u200b',
    '\u202e',
    '\ufeff',
    '\ufffe',
    '\uffff',
    'é',
    'e\u0301',
    '日本',
    '😀',
    '👩‍👩‍👧',
    '\u{10ffff}',
  ],
]

function hostile(random: () => number): string {
  const roll = random()
  // One string in a thousand is very long.
  const length = roll < 0.001 ? 2_000 : 1 + Math.floor(random() * 6)
  let text = ''
  for (let index = 0; index < length; index += 1) {
    const code = Math.floor(random() * 0x10_000)
    const any = code >= 0xd800 && code < 0xe000 ? '?' : String.fromCharCode(code)
    text += random() < 0.8 ? pieces[Math.floor(random() * pieces.length)] : any
  }
  return text
}

/** Flags of a daemon that accept any text. */
const textFlags = (daemon: 'master' | 'agent' | 'marathon', flags: object) =>
  Object.keys(flags).filter(name => checkFlags(daemon, { [name]: 'any "text' }, Path.root).length === 0)

const master = textFlags('master', mesosFlags.master)
const agent = textFlags('agent', mesosFlags.agent)
const marathon = textFlags('marathon', marathonFlags.marathon)

/** An attribute contains no semicolon, and does not start like a set or ranges. */
const attribute = (text: () => string) => `x${text().replaceAll(';', ',').trim()}`

/** All strings in an inventory. */
function loadOf(random: () => number) {
  const text = () => {
    for (;;) {
      const candidate = hostile(random)
      if (printable.test(candidate)) return candidate
    }
  }
  const options = (names: readonly string[]) => Object.fromEntries(names.map(name => [name, text()]))
  return {
    mesos_cluster: text(),
    mesos_leader_options: options(master),
    mesos_follower_options: options(agent),
    mesos_attributes: { any: attribute(text) },
    marathon_options: options(marathon),
    user_data_extra: {
      packages: Array.from({ length: perList }, () => hostile(random)),
      chef: {
        initial_attributes: Object.fromEntries(
          Array.from({ length: 8 }, () => [hostile(random), hostile(random)]),
        ),
      },
      write_files: [{ path: '/etc/hostile', content: hostile(random) }],
      runcmd: [[hostile(random)]],
    },
  }
}

type Load = ReturnType<typeof loadOf>

const variables = (prefix: string, options: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`${prefix}_${name.toUpperCase()}`, value]),
  )

const leaderFiles = (load: Load) => ({
  'mesos-master': { ...variables('MESOS', load.mesos_leader_options), MESOS_CLUSTER: load.mesos_cluster },
  marathon: variables('MARATHON', load.marathon_options),
})

const followerFiles = (load: Load) => ({
  'mesos-agent': {
    ...variables('MESOS', load.mesos_follower_options),
    MESOS_ATTRIBUTES: `any:${load.mesos_attributes.any}`,
  },
})

/** Documents as PyYAML reads them, which cloud-init uses. */
function readByPyYaml(texts: readonly string[]): readonly (CloudConfig & Record<string, unknown>)[] {
  const script =
    'import json, sys, yaml; print(json.dumps([yaml.load(t, yaml.CSafeLoader) for t in json.load(sys.stdin)]))'
  const output = execFileSync('/usr/bin/python3', ['-c', script], {
    input: JSON.stringify(texts),
    maxBuffer: 2 ** 28,
  })
  return JSON.parse(output.toString())
}

const shapeOf = ({ write_files, runcmd, ...rest }: CloudConfig & Record<string, unknown>) => ({
  keys: Object.keys(rest),
  paths: write_files.map(({ path }) => path),
  runcmd: runcmd.slice(0, 1),
  names: write_files.slice(0, -1).map(({ content }) => content.split('\n').map(line => line.split('=')[0])),
})

needing(test, 'cloud-init')(
  '100,000 hostile strings come back from PyYAML as they went in, and change nothing around them',
  t => {
    const random = randomFrom(20_261_125)
    const loads = Array.from({ length: inventories }, () => loadOf(random))
    const texts = loads.flatMap(vars =>
      renderCluster(templates, clusterOf(sampleInventory(1), { vars })).map(one => one.text),
    )
    const seen = readByPyYaml(texts)
    const shapes = seen.slice(0, 2).map(shapeOf)
    let strings = 0
    for (const [index, document] of seen.entries()) {
      const load = loads[index >> 1]
      if (load === undefined) return t.fail()
      const { user_data_extra: extra } = load
      t.deepEqual(document.packages, extra.packages)
      t.deepEqual(document.chef, extra.chef)
      t.is(document.write_files.at(-1)?.content, extra.write_files[0]?.content)
      t.deepEqual(document.runcmd[1], extra.runcmd[0])
      // The documents of the leader and of the pool alternate.
      t.deepEqual(shapeOf(document), shapes[index % 2])
      const files = index % 2 === 0 ? leaderFiles(load) : followerFiles(load)
      for (const [file, settings] of Object.entries(files)) {
        const environment = readEnvironment(fileIn(document, `/etc/mesos-bakery/${file}.env`))
        for (const [name, value] of Object.entries(settings)) t.is(environment.get(name), value)
        strings += Object.keys(settings).length
      }
    }
    // The user's own strings are in both documents and count once.
    strings += inventories * (perList + 16 + 2)
    t.true(strings >= 100_000, String(strings))
  },
)
