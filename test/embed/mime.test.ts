import test from 'ava'
import { writeAs } from '../../scripts/embed/formats.ts'
import { mimeMessage } from '../../scripts/embed/mime.ts'
import type { Part } from '../../scripts/embed/parts.ts'
import { readDocument } from '../harness/documents.ts'
import { hostileTexts, materialOf } from '../harness/material.ts'
import { needing, runProgram } from '../harness/programs.ts'
import { clusterOf, refusals, sampleInventory } from '../harness/sample.ts'

const material = materialOf(clusterOf(sampleInventory(1)))
const part = (text: string, name = 'mine.yaml'): Part => ({ name, bytes: Buffer.from(text) })
const message = (...parts: Part[]) => {
  const [one] = material.nodes
  if (one === undefined) throw new Error('the sample has no node')
  return Buffer.from(mimeMessage(one, { ...material, parts })).toString()
}
const refused = (text: string) => refusals(() => message(part(text)))

const read = `
import email, json, sys
parts = email.message_from_bytes(sys.stdin.buffer.read()).get_payload()
print(json.dumps([[p.get_content_type(), p.get_filename(), p.get_payload(decode=True).hex()] for p in parts]))
`
function partsOf(text: string): [type: string, name: string, text: string][] {
  const { output } = runProgram('/usr/bin/python3', ['-c', read], text)
  const parts = JSON.parse(output) as [string, string, string][]
  return parts.map(([type, name, hex]) => [type, name, Buffer.from(hex, 'hex').toString()])
}

test('parts are preserved byte for byte, each with its type, under names that sort after runcmd', t => {
  const crlf = `#!/bin/sh\n${hostileTexts['CRLF lines']}`
  const parts = partsOf(
    message(part(crlf, 'dir/a b".sh'), part('#cloud-boothook\nx'), part('#cloud-config\npackages: [jq]\n')),
  )
  t.deepEqual(parts.slice(0, 3), [
    ['text/x-shellscript', 'user-001-a_b_.sh', crlf],
    ['text/cloud-boothook', 'user-002-mine.yaml', '#cloud-boothook\nx'],
    ['text/cloud-config', 'user-003-mine.yaml', '#cloud-config\npackages: [jq]\n'],
  ])
  t.deepEqual(parts[3], ['text/cloud-config', 'c1-leader-1.yaml', material.nodes[0]?.userData.text ?? ''])
})

test('the same parts give the same message, different parts a different boundary', t => {
  t.is(message(part('#!/bin/sh\n')), message(part('#!/bin/sh\n')))
  t.not(message(part('#!/bin/sh\n')).split('\n')[1], message(part('#!/bin/sh\n\n')).split('\n')[1])
})

test('a part that conflicts with the user data of the node is refused', t => {
  t.deepEqual(refused('#cloud-config\nhostname: other\n'), [
    'mine.yaml:2:1: hostname: is set by the node’s own user data; remove it',
  ])
  t.deepEqual(refused('#cloud-config\nruncmd: reboot\n'), [
    'mine.yaml:2:9: runcmd: must be a list of commands',
  ])
  t.deepEqual(
    refused('#cloud-config\nwrite_files: [{ path: /etc//consul.d/agent.json }, { path: /a }, null]\n'),
    [
      'mine.yaml:2:23: write_files.0.path: /etc//consul.d/agent.json is written by the node’s own user data; choose another path',
      'mine.yaml:2:66: write_files.2: must be a map with a path',
    ],
  )
  t.regex(refused('#cloud-config\na: [\n').join(), /^mine\.yaml: is not valid YAML: /)
  t.deepEqual(refused('#cloud-config\n- packages\n'), ['mine.yaml: must be a map, such as packages: [htop]'])
  t.regex(
    refused('echo hello\n').join(),
    /^mine\.yaml: is not a user-data part that cloud-init supports; it must start with #!, /,
  )
  t.deepEqual(refused('#cloud-config\nwrite_files: [{ path: /a }]\nruncmd: [reboot]\nusers: [me]\n'), [])
})

test('a part must not set what user_data_extra sets', t => {
  const vars = { user_data_extra: { timezone: 'UTC', write_files: [{ path: '/etc/motd', content: 'a' }] } }
  const own = materialOf(clusterOf(sampleInventory(1), { vars }))
  const [one] = own.nodes
  const parts = [part('#cloud-config\ntimezone: Europe/Berlin\nwrite_files: [{ path: /etc/./motd }]\n')]
  t.deepEqual(
    refusals(() => one && mimeMessage(one, { ...own, parts })),
    [
      "mine.yaml:2:11: timezone: this is set by the node's own user data; remove it",
      "mine.yaml:3:23: write_files.0.path: /etc/motd is set by the node's own user data; remove it",
    ],
  )
})

test('the rules of user_data_extra apply to parts, as YAML 1.1', t => {
  const file = (settings: string) => refused(`#cloud-config\nwrite_files: [{ path: /a, ${settings} }]\n`)
  t.deepEqual(file('permissions: 0600'), [])
  t.deepEqual(file('permissions: 0400, content: !!binary aGk='), [])
  t.deepEqual(file('permissions: 600'), [
    'mine.yaml:2:40: write_files.0.permissions: must be text of octal digits; quote it: "0600"',
  ])
  t.regex(file('content: yes').join(), /content: must be text; quote it/)
  t.regex(file('owner: app').join(), /owner: user app does not exist/)
  t.regex(refused('#cloud-config\npower_state: { mode: halt }\n').join(), /must not stop the machine/)
  t.regex(refused('#cloud-config\npacakges: [jq]\n').join(), /is not a cloud-init key; did you mean/)
  t.deepEqual(refused('#cloud-config\nmerge_how: list(append)+dict()+str()\nssh_pwauth: no\n'), [])
})

test('the same rules apply to cloud-config in an archive', t => {
  const archive = (content: string) =>
    refused(`#cloud-config-archive\n- type: text/cloud-config\n  content: |\n${content}`)
  t.deepEqual(archive('    #cloud-config\n    packages: [jq]\n'), [])
  t.deepEqual(archive('    #cloud-config\n    runcmd: [{ a: b }]\n').length, 1)
})

const merge = `
import email, json, sys
from cloudinit.handlers.cloud_config import CloudConfigPartHandler
class Paths:
    def get_ipath(self, _):
        return None
handler = CloudConfigPartHandler(Paths())
for part in email.message_from_bytes(sys.stdin.buffer.read()).get_payload():
    if part.get_content_type() == "text/cloud-config":
        text = part.get_payload(decode=True).decode()
        handler.handle_part(None, "text/cloud-config", part.get_filename(), text, None, part)
print(json.dumps(handler.cloud_buf))
`
interface Merged {
  readonly hostname: string
  readonly write_files: readonly { readonly path: string }[]
  readonly runcmd: readonly unknown[]
}

needing(test, 'cloud-init')(
  'cloud-init merges the files and commands of the node before those of parts',
  t => {
    const mine = [
      'write_files: [{ path: /a }]',
      'runcmd: [a, sleep infinity]',
      'merge_how: list(prepend)+dict()+str()',
    ]
    const input = message(part('#cloud-config\nruncmd: [z]\n'), part(`#cloud-config\n${mine.join('\n')}\n`))
    const { code, output } = runProgram('/usr/bin/python3', ['-c', merge], input)
    t.is(code, 0, output)
    const merged = JSON.parse(output) as Merged
    const own = readDocument(material.nodes[0]?.userData.text ?? '')
    t.deepEqual(
      merged.write_files.map(({ path }) => path),
      [...own.write_files.map(({ path }) => path), '/a'],
    )
    t.deepEqual(merged.runcmd[0], own.runcmd[0])
    t.is(merged.hostname, 'c1-leader-1')
  },
)

test('a message that is too large for EC2 is refused with its size', t => {
  const parts = [part(`#!/bin/sh\n#${'x'.repeat(10_000)}`)]
  t.regex(
    refusals(() => writeAs('mime', { ...material, parts })).join('\n'),
    /^c1-leader-1: is too large for EC2 as mime \(1[89]\d{3} bytes, limit 16384\); shorten its parts\nc1-web: /,
  )
})
