import test from 'ava'
import { type Part, partProblems, partWarnings } from '../../scripts/embed/parts.ts'
import { sayProblem } from '../../scripts/inventory/problems.ts'
import { materialOf } from '../harness/material.ts'
import { clusterOf, sampleInventory } from '../harness/sample.ts'

const ours = materialOf(clusterOf(sampleInventory(1))).nodes[0]?.userData.text ?? ''
const part = (text: string): Part => ({ name: 'mine', bytes: Buffer.from(text) })
const errors = (text: string) => partProblems(part(text), ours).map(sayProblem)
const warnings = (text: string) => partWarnings(part(text)).map(one => `${one.code} ${one.line}`)

/** Parts of every kind that must be accepted. */
const accepted = [
  '#!/bin/sh\necho hello\n',
  '#!/usr/bin/env bash\r\n'.replace('\r', ''),
  '#! /bin/sh -e\nDB_PASSWORD=$(cat /etc/secret)\n',
  '#cloud-boothook\n#!/bin/sh\nmodprobe xfs\n',
  '#cloud-boothook\nx',
  '#include\nhttps://example.com/user-data.yaml\n# a comment\n\nhttp://example.com/b\n',
  '#include https://example.com/a\n',
  '#include-once\nfile:///etc/user-data\n',
  '#part-handler\ndef list_types():\n    return ["text/plain"]\n\ndef handle_part(data, ctype, filename, payload):\n    pass\n',
  '#cloud-config-jsonp\n[{ "op": "add", "path": "/packages", "value": ["jq"] }]\n',
  '## template: jinja\n#cloud-config\nruncmd:\n{% if v1.region %}\n  - echo {{ v1.region }}\n{% endif %}\n',
  '## template: jinja\n#cloud-config\nwrite_files:\n  - { path: /a, owner: "{{ user }}", content: "{{ a }}" }\n',
  '## template: jinja\n#!/bin/sh\necho {{ v1.region }}\n',
  '#cloud-config-archive\n- "#!/bin/sh\\necho"\n- content: |\n    packages: [jq]\n- { type: text/x-shellscript, content: "#!/bin/sh" }\n',
]

for (const text of accepted) test(`accepted: ${JSON.stringify(text)}`, t => t.deepEqual(errors(text), []))

/** Parts that cloud-init ignores, or at which it fails, with the beginning of the message. */
const refused: readonly (readonly [text: string, message: string])[] = [
  ['#!/bin/sh\r\necho\r\n', 'mine:1:1: ends with a carriage return'],
  ['#cloud-boothook\n#!/bin/sh\r\n', 'mine:2:1: ends with a carriage return'],
  ['#!bash\necho\n', 'mine:1:1: must name an interpreter'],
  ['#include\n', 'mine: includes nothing'],
  ['#include\nexample.com/a\n', 'mine:2:1: must be a URL'],
  ['#part-handler\ndef list_types():\n    return []\n', 'mine: must define handle_part'],
  [
    '#part-handler\ndef list_types():\n    return ["text/cloud-config"]\ndef handle_part(*a):\n    pass\n',
    'mine: handles text/cloud-config',
  ],
  ['#cloud-config-jsonp\npackages: [jq]\n', 'mine: must be a JSON patch'],
  ['#cloud-config-jsonp\n[{ "op": "put", "path": "/a" }]\n', 'mine: must be a JSON patch'],
  [
    '#cloud-config-jsonp\n[{ "op": "add", "path": "/runcmd", "value": [{ "a": "b" }] }]\n',
    'mine: runcmd.0: must be text or a list of words',
  ],
  ['## template: jinja\npackages: [jq]\n', 'mine: must have #cloud-config or another kind'],
  [
    '## template: jinja\n#cloud-config\nhostname: {{ v1.instance_id }}\nruncmd: [{ a: b }]\n',
    'mine:3:1: hostname: is set by',
  ],
  ['## template: jinja\n#cloud-config\nruncmd: [{ a: b }]\n', 'mine:3:10: runcmd.0: must be text'],
  ['#cloud-config-archive\npackages: [jq]\n', 'mine: must be a list of parts'],
  ['#cloud-config-archive\n- 7\n', 'mine, part 1: must be text'],
  [
    '#cloud-config-archive\n- content: |\n    runcmd: [{ a: b }]\n',
    'mine, part 1:1:10: runcmd.0: must be text',
  ],
  ['#cloud-config\nusers: [default, { name: ops, gecos: 7 }]\n', 'mine:2:38: users.1.gecos: must be text'],
  // Secrets, in parts of every kind.
  ['#cloud-config\npassword: hunter2\n', 'mine:2:11: password: looks like a secret'],
  ['#!/bin/sh\ncurl -u ops:hunter2hunter2 https://example.com/\n', 'mine:2:13: contains a password of curl'],
  ['#include\nhttps://ops:hunter2@example.com/a\n', 'mine:2:13: contains a password in a URL'],
]

for (const [text, message] of refused) {
  test(`refused: ${JSON.stringify(text)}`, t => {
    const [first = ''] = errors(text)
    t.is(first.slice(0, message.length), message)
    t.false(first.includes('hunter2'))
  })
}

test('a part is warned of as user_data_extra is', t => {
  t.deepEqual(warnings('#cloud-config\nwrite_files: [{ path: /tmp/x }]\n'), ['W010 2'])
  t.deepEqual(
    warnings(
      '#cloud-config\nwrite_files: [{ path: /etc/systemd/system/consul.service, content: "[Unit]" }]\n',
    ),
    ['W011 2'],
  )
  t.deepEqual(warnings('#cloud-config\nsnap: {}\n'), ['W012 2'])
  t.deepEqual(warnings('#cloud-config\nusers: [default, { name: ops, uid: 200 }]\n'), ['W013 2'])
  t.deepEqual(warnings('#cloud-config\npackages: [jq]\n'), [])
})
