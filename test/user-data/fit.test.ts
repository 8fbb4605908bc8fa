import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import test from 'ava'
import type { Cluster } from '../../scripts/cluster/cluster.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import { budgetOf, partNames } from '../../scripts/user-data/budget.ts'
import { fitUserData } from '../../scripts/user-data/fit.ts'
import { stubOf } from '../../scripts/user-data/stub.ts'
import { cases, inventoryOf } from '../harness/cases.ts'
import { clusterOf, factsOf, sampleInventory } from '../harness/sample.ts'

/** Text that compresses only to three quarters: base64 of apparently random data. */
const dense = (length: number) =>
  Array.from({ length: Math.ceil(length / 88) }, (_, i) =>
    createHash('sha512').update(String(i)).digest('base64'),
  )
    .join('')
    .slice(0, length)

const userDataOf = (length: number) => {
  const text = dense(length)
  return { name: 'c1-web', text, bytes: length, sha256: createHash('sha256').update(text).digest('hex') }
}

const cluster = (more: Partial<Cluster>): Cluster => ({ ...clusterOf(sampleInventory(1)), ...more })
const formOf = (length: number, more: Partial<Cluster> = {}) =>
  fitUserData(cluster(more), userDataOf(length))?.form

test('user data is plain up to the EC2 limit, and compressed above it', t => {
  t.deepEqual(
    [16_383, 16_384, 16_385].map(length => formOf(length)),
    ['plain', 'plain', 'gzip'],
  )
  const plain = { fit: 'plain' } as const
  t.deepEqual(
    [16_383, 16_384, 16_385].map(length => formOf(length, plain)),
    ['plain', 'plain', undefined],
  )
})

test('compressed user data is used up to the EC2 limit, and a stub above it, if there is a bucket', t => {
  const packed = (length: number) => fitUserData(cluster({ fit: 'gzip' }), userDataOf(length))?.payload.length
  // The longest text that fits, and one more character.
  let length = 21_000
  while (packed(length + 1) !== undefined) length += 1
  t.true((packed(length) ?? 0) >= 16_383)
  t.is(formOf(length), 'gzip')
  t.is(formOf(length + 1), undefined)
  t.is(formOf(length + 1, { userDataBucket: 'bodies' }), 's3')
  t.is(formOf(length + 1, { userDataBucket: 'bodies', fit: 'gzip' }), undefined)
  t.is(formOf(100, { fit: 's3' }), undefined)
  t.is(formOf(100, { fit: 's3', userDataBucket: 'bodies' }), 's3')
})

test('compressed user data contains the same document, and is reproducible', t => {
  const one = userDataOf(18_000)
  const [first, second] = [1, 2].map(() => fitUserData(cluster({}), one)?.payload ?? new Uint8Array())
  t.deepEqual(first, second)
  t.is(gunzipSync(first ?? '').toString(), one.text)
})

test('a stub contains the URL and checksum of the stored user data, and depends on nothing else', t => {
  const one = userDataOf(100)
  const fitted = fitUserData(cluster({ fit: 's3', userDataBucket: 'bodies', region: 'eu-west-1' }), one)
  const stub = Buffer.from(fitted?.payload ?? '').toString()
  t.true(stub.startsWith('#cloud-boothook\n#!/bin/sh -e\n'))
  t.true(stub.includes(`https://bodies.s3.eu-west-1.amazonaws.com/mesos-bakery/c1/${one.sha256}.yaml `))
  t.true(stub.includes(`"${one.sha256}  $1"`))
  t.true(stub.length < 1_600, String(stub.length))
  t.is(fitted?.body?.text, one.text)
  const china = stubOf({ region: 'cn-north-1', bucket: 'b', key: 'k', sha256: 'x' })
  t.true(china.includes('https://b.s3.cn-north-1.amazonaws.com.cn/k '))
})

test('a plan stores user data once, before the machines that fetch it, and deletes it last', t => {
  const facts = factsOf(cluster({ fit: 's3', userDataBucket: 'bodies' }))
  const { steps } = planLaunch(facts)
  const stores = steps.filter(step => step.kind === 'user-data')
  t.deepEqual(
    stores.map(({ name }) => name),
    ['c1-leader-1', 'c1-web'],
  )
  const ids = stores.map(({ id }) => id)
  for (const step of steps.filter(({ kind }) => kind === 'seat' || kind === 'pool')) {
    t.true(
      ids.every(id => step.needs.includes(id)),
      step.id,
    )
  }
  const seat = steps.find(step => step.kind === 'seat')
  t.is(seat?.kind === 'seat' && seat.action === 'launch' && seat.userData.form, 's3')
  const bodies = stores.flatMap(step =>
    step.kind === 'user-data' && step.action === 'create' ? [step.key] : [],
  )
  const again = planLaunch({ ...facts, actual: { ...facts.actual, bodies } })
  t.deepEqual(
    again.steps.filter(({ kind }) => kind === 'user-data'),
    [],
  )
})

test('every byte of user data belongs to exactly one part', t => {
  const extra = `vars: { user_data_extra: { packages: [htop], runcmd: [[ls]], write_files: [{ path: /etc/motd, content: "hi\\n  - path: /etc/consul.d/agent.json" }] } }\n`
  const texts = [...cases.map(inventoryOf), `${sampleInventory()}${extra}`]
  for (const text of texts) {
    for (const one of factsOf(clusterOf(text)).userData.values()) {
      const { parts, bytes } = budgetOf(one.text)
      t.is(
        partNames.reduce((sum, name) => sum + parts[name], 0),
        bytes,
      )
      t.is(bytes, one.bytes)
      t.true(parts.consul > 500 && parts.mesos > 300, one.name)
      t.is(parts.yours > 0, text.includes('user_data_extra'), one.name)
    }
  }
})

test('the bytes added by the user are counted exactly', t => {
  const extra =
    'vars: { user_data_extra: { packages: [htop], runcmd: [[ls]], write_files: [{ path: /a }] } }\n'
  const [without, withIt] = [sampleInventory(1), `${sampleInventory(1)}${extra}`].map(text =>
    [...factsOf(clusterOf(text)).userData.values()].map(one => budgetOf(one.text)),
  )
  for (const [index, budget] of (withIt ?? []).entries()) {
    t.is(budget.parts.yours, budget.bytes - (without?.[index]?.bytes ?? 0))
  }
})
