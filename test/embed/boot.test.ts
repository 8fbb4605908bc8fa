import anyTest, { type TestFn } from 'ava'
import { writeAs } from '../../scripts/embed/formats.ts'
import type { Seed } from '../../scripts/user-data/seed.ts'
import { readDocument } from '../harness/documents.ts'
import { type Machine, startMachine } from '../harness/machine.ts'
import { materialOf } from '../harness/material.ts'
import { podmanMissing } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'
import { clusterOf, sampleInventory } from '../harness/sample.ts'
import { targets } from '../harness/targets.ts'

const test = unless(podmanMissing(), anyTest as TestFn)
const material = materialOf(clusterOf(sampleInventory(1), { vars: { mesos_attributes: { rack: 'ä ☃ "' } } }))
const leader = material.nodes[0]?.userData.text ?? ''

test('cloud-init boots from a NoCloud directory as it was written', async t => {
  const files = writeAs('nocloud', material).filter(({ path }) => path.startsWith('c1-leader-1/'))
  const seed = Object.fromEntries(
    files.map(({ path, bytes }) => [path.split('/')[1], Buffer.from(bytes).toString()]),
  ) as unknown as Seed
  const machine = await startMachine({ seed, files: targets })
  t.teardown(machine.remove)
  t.true(await holds(machine, leader))
  t.is((await machine.exec('cloud-init', 'query', 'local_hostname')).stdout, 'c1-leader-1\n')
  t.is(
    (await machine.exec('cloud-init', 'query', 'instance_id')).stdout.trim(),
    /"instance-id": "([^"]+)"/.exec(seed['meta-data'])?.[1] ?? '',
  )
})

test('cloud-init boots from a message with parts of the user, and no part replaces another', async t => {
  const mine = [
    '#cloud-config',
    'merge_how: dict(replace)+list(replace)+str(append)',
    'write_files: [{ path: /etc/mine, content: "from the cloud-config\\n" }]',
    'runcmd: [[touch, /run/mine-ran]]',
    'timezone: Europe/Berlin',
    '',
  ].join('\n')
  const parts = [
    { name: 'mine.sh', bytes: Buffer.from('#!/bin/sh\nprintf "%s" "é\\r" >/etc/mine-too\n') },
    { name: 'mine.yaml', bytes: Buffer.from(mine) },
  ]
  const [message] = writeAs('mime', { ...material, parts })
  const machine = await startMachine({
    userData: Buffer.from(message?.bytes ?? []).toString(),
    files: targets,
  })
  t.teardown(machine.remove)
  t.true(await holds(machine, leader))
  // The result of merging all parts in cloud-init. (A container keeps the host name that its engine assigned.)
  const merged = await machine.exec('cat', '/var/lib/cloud/instance/cloud-config.txt')
  t.regex(merged.stdout, /^hostname: c1-leader-1$/m)
  t.is((await machine.exec('systemctl', 'is-active', 'mesos-leader.target')).stdout, 'active\n')
  t.is((await machine.exec('cat', '/etc/mine')).stdout, 'from the cloud-config\n')
  t.is((await machine.exec('cat', '/etc/mine-too')).stdout, 'é\\r')
  t.is((await machine.exec('cat', '/etc/timezone')).stdout, 'Europe/Berlin\n')
  t.is((await machine.exec('ls', '/run/mine-ran')).stdout, '/run/mine-ran\n')
})

/** Whether a machine has every file of a document, with the same content. */
async function holds(machine: Machine, text: string): Promise<boolean> {
  const files = readDocument(text).write_files
  const found = await Promise.all(files.map(({ path }) => machine.exec('cat', path)))
  return found.length > 5 && found.every(({ stdout }, index) => stdout === files[index]?.content)
}
