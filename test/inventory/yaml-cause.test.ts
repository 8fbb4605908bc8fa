import test from 'ava'
import { inspect } from '../../scripts/check/inspect.ts'
import { cases, inventoryOf } from '../harness/cases.ts'

const file = 'inventory.yaml'

/** The first message for a text, and its line. */
function told(text: string): { line: number | undefined; said: string } {
  const { problems } = inspect({ file, read: () => ({ file, text }) }, { value: { vars: {} }, problems: [] })
  const [first] = problems
  return { line: first?.line, said: `${first?.code} ${first?.message}` }
}

const rows: readonly (readonly [text: string, line: number, said: RegExp])[] = [
  ['cluster: "shop\nregion: us-east-1\ntags: { team: "a" }\n', 1, /the quote " is not closed/],
  ["vars:\n  mesos_cluster: 'Bob's cluster'\n", 2, /apostrophe/],
  [
    'groups:\n  leaders:\n    subnets: [subnet-a, subnet-b\n    count: 3\n',
    3,
    /the bracket \[ is not closed/,
  ],
  ['vars: { mesos_mode: leader\ngroups:\n  web: { min: 2 }\n', 1, /the bracket { is not closed/],
  ['groups:\n  web: { min: 2 }}\n', 2, /no bracket is open/],
  ['groups:\n  web: { subnets: [a]] }\n', 2, /no bracket is open/],
  ['groups:\n  web: { subnets: [a} }\n', 2, /the bracket \[ is not closed/],
  ['cluster:shop\nregion: us-east-1\n', 1, /a space is missing after the colon/],
  ['cluster:\u00a0shop\nregion: us-east-1\n', 1, /no-break space/],
  ['groups:\n  web:\n\u00a0   min: 2\n    max: 3\n', 3, /no-break space/],
  ['[leaders]\nhost1\n', 1, /sections in brackets/],
  ['cluster:shop\n', 1, /a space is missing after the colon/],
  ['groups:\n  web:\n    min:2\n    max:3\n    key_name: x\n', 3, /a space is missing after the colon/],
  ['groups:\n  web: {min:2, max: 3}\n  a: { vars: { mesos_mode: leader } }\n', 2, /unknown key/],
  ['cluster: shop\nregion\ngroups:\n  web: {}\n', 2, /no colon/],
  ['cluster = shop\nregion = x\n', 1, /no colon/],
  ['cluster: shop\n<<<<<<< HEAD\nregion: a\n=======\nregion: b\n>>>>>>> other\n', 2, /merge conflict/],
  ['cluster: shop\n=======\nregion: b\n', 2, /merge conflict/],
  ['vars:\n\tmesos_log_dir: /var/log\n', 2, /tabs/],
  ['region: a\ngroups: {}\nregion: b\n', 3, /region is set twice/],
  ['vars:\n  mesos_cluster: prod: eu\n', 2, /must be quoted/],
  ['vars:\n  marathon_options: { webui_url: http://a: 80 }\n', 2, /must be quoted/],
  ['groups:\n  web: { min: 1 max: 2 }\n', 2, /a comma is missing/],
  ['groups:\n  a:\n    vars:\n      b: c\n   count: 3\n', 5, /indented with 3 spaces/],
  ['cluster: shop\n region: x\n', 2, /indented further/],
  ['tags: { team: * }\n', 1, /begins with \*/],
  ['tags: { team: @ops }\n', 1, /begins with @/],
  ['cluster: *shop\n', 1, /no anchor &shop/],
  ['cluster: "a\\d"\n', 1, /not an escape sequence/],
  ['cluster: {{ name }}\n', 1, /templates/],
  ['cluster: a\n---\ncluster: b\n', 2, /second document/],
]

for (const [text, line, said] of rows) {
  test(`${JSON.stringify(text)}: the cause is in line ${line}`, t => {
    for (const one of [text, text.replaceAll('\n', '\r\n')]) {
      const found = told(one)
      t.regex(found.said, said)
      t.is(found.line, line)
    }
  })
}

/** Common mistakes in a line, by their message. */
const mistakes: readonly (readonly [said: RegExp, change: (line: string) => string])[] = [
  [/quote/, line => line.replace(/(["'])([^"']*)$/, '$2')],
  [/is not closed/, line => line.replace(/[\]}]([^\]}]*)$/, '$1')],
  [/bracket/, line => line.replace(/[[{](?=[^[{]*$)/, '')],
  [/./, line => line.replace(/^(\s*[a-z_-]+:) (?=\S)/, '$1')],
  [/tabs/, line => line.replace(/^ +/, '\t')],
  [/merge conflict/, line => `<<<<<<< HEAD\n${line}\n=======\n${line}\n>>>>>>> other`],
  [/set twice/, line => (/^\s*[a-z_]+: \S/.test(line) ? `${line}\n${line}` : line)],
]

test('a single mistake in any line of any case is reported at that line', t => {
  let [tried, elsewhere] = [0, 0]
  for (const name of cases) {
    const lines = inventoryOf(name).split('\n')
    for (const [index, line] of lines.entries()) {
      if (line.trimStart().startsWith('#')) continue
      for (const [said, change] of mistakes) {
        const wrong = change(line)
        if (wrong === line) continue
        const found = told(lines.with(index, wrong).join('\n'))
        if (!found.said.startsWith('E001')) continue
        tried += 1
        const right =
          said.test(found.said) &&
          (found.line === index + 1 || (said.source === 'set twice' && found.line === index + 2))
        if (!right) {
          elsewhere += 1
          t.log(`${name}:${index + 1}: ${wrong.trim()} — line ${found.line}: ${found.said}`)
        }
      }
    }
  }
  t.log(`${tried} mistakes, ${elsewhere} told elsewhere or in other words`)
  t.true(tried > 100)
  t.is(elsewhere, 0)
})
