import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import anyTest, { type TestFn } from 'ava'
import type { Material } from '../../scripts/embed/format.ts'
import { type FormatName, formats, writeAs } from '../../scripts/embed/formats.ts'
import { cases, inventoryOf } from '../harness/cases.ts'
import { userDataIn } from '../harness/cloudformation.ts'
import { hostileTexts, materialOf, sha256, withText } from '../harness/material.ts'
import { runProgram, unless } from '../harness/programs.ts'
import { clusterOf, refusals, sampleInventory } from '../harness/sample.ts'
import { plannedOutputs, terraformMissing } from '../harness/terraform.ts'

const test = anyTest as TestFn
const terraformTest = unless(terraformMissing, test)

/** All material that a format must support, by a name that is valid as a directory name. */
const materials: readonly (readonly [string, Material])[] = [
  ...cases.map((name): [string, Material] => [name, materialOf(clusterOf(inventoryOf(name)))]),
  ...Object.entries(hostileTexts).map(([name, text]): [string, Material] => [
    name.replaceAll(' ', '-'),
    withText(materialOf(clusterOf(sampleInventory(1))), text),
  ]),
]

/** Like cloud-init, decompresses data that starts with the gzip magic number. */
function unpacked(text: string): Uint8Array {
  const bytes = unbase64(text)
  return bytes[0] === 0x1f ? gunzipSync(bytes) : bytes
}

const expected = ({ nodes }: Material) => nodes.map(({ userData }) => [userData.name, userData.sha256])

type Decoded = readonly (readonly [node: string, bytes: string | Uint8Array])[]

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
const unbase64 = (text: string) => Buffer.from(text, 'base64')
const perNode =
  (decode: (bytes: Uint8Array) => Uint8Array, ending: string) =>
  (material: Material, files: ReturnType<typeof writeAs>) =>
    material.nodes.map(({ node }) => {
      const file = files.find(({ path }) => path === `${node.name}${ending}`)
      return [node.name, decode(file?.bytes ?? Buffer.from('missing'))] as const
    })

/** Like cloud-init, reads the last part of a message that is a cloud-config. */
const lastPart = `
import email, sys
message = email.message_from_bytes(sys.stdin.buffer.read())
sys.stdout.write(message.get_payload()[-1].get_payload(decode=True).hex())
`
const readMime = (bytes: Uint8Array) =>
  Buffer.from(runProgram('/usr/bin/python3', ['-c', lastPart], text(bytes)).output, 'hex')

/** How the consumer of each format reads it. Terraform has a separate test. */
const decoders: Readonly<
  Record<Exclude<FormatName, 'terraform'>, (material: Material, files: ReturnType<typeof writeAs>) => Decoded>
> = {
  'cloud-config': perNode(bytes => bytes, '.yaml'),
  gzip: perNode(gunzipSync, '.yaml.gz'),
  base64: perNode(bytes => unbase64(text(bytes)), '.base64'),
  'gzip+base64': perNode(bytes => gunzipSync(unbase64(text(bytes))), '.gz.base64'),
  mime: perNode(readMime, '.mime'),
  json: (_, [file]) =>
    JSON.parse(text(file?.bytes ?? Buffer.of())).nodes.map((node: { name: string; userData: string }) => [
      node.name,
      node.userData,
    ]),
  nocloud: ({ nodes }, files) =>
    nodes.map(({ node }) => [
      node.name,
      files.find(({ path }) => path === `${node.name}/user-data`)?.bytes ?? 'missing',
    ]),
  cloudformation: (_, [file]) =>
    Object.entries(userDataIn(JSON.parse(text(file?.bytes ?? Buffer.of())))).map(([name, value]) => [
      name,
      unbase64(value),
    ]),
  'terraform-external': (_, [file]) =>
    Object.entries(JSON.parse(text(file?.bytes ?? Buffer.of())) as Record<string, string>).map(
      ([name, value]) => [name, unbase64(value)],
    ),
}

test('every format has a decoder', t => {
  t.deepEqual([...Object.keys(decoders), 'terraform'].sort(), Object.keys(formats).sort())
})

for (const [format, decode] of Object.entries(decoders)) {
  test(`${format} preserves every byte of every case and every hostile text`, t => {
    for (const [name, material] of materials) {
      const decoded = decode(material, writeAs(format as FormatName, material))
      t.deepEqual(
        decoded.map(([node, bytes]) => [node, sha256(bytes)]),
        expected(material),
        name,
      )
    }
  })
}

const large: readonly [string, Material] = [
  'too-large-as-it-is',
  withText(materialOf(clusterOf(sampleInventory(1))), `#cloud-config\n#${'x'.repeat(20_000)}\n`),
]

terraformTest('Terraform evaluates the modules of every case and hostile text to the same bytes', t => {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-terraform-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const all = [...materials, large]
  for (const [name, material] of all) {
    for (const { path, bytes } of writeAs('terraform', material)) {
      mkdirSync(dirname(join(folder, name, path)), { recursive: true })
      writeFileSync(join(folder, name, path), bytes)
    }
  }
  const modules = all.map(([name]) => [name, { source: `./${name}` }])
  const outputs = all.map(([name]) => [name, { value: `\${module.${name}}` }])
  writeFileSync(
    join(folder, 'main.tf.json'),
    JSON.stringify({ module: Object.fromEntries(modules), output: Object.fromEntries(outputs) }),
  )
  const planned = plannedOutputs(folder)
  for (const [name, material] of all) {
    const module = planned[name]?.value as TerraformModule
    const sums = (values: Record<string, string>, decode: (value: string) => string | Uint8Array) =>
      Object.entries(values).map(([node, value]) => [node, sha256(decode(value))])
    const sorted = [...expected(material)].sort()
    t.deepEqual(sums(module.user_data, value => value).sort(), sorted, name)
    t.deepEqual(sums(module.user_data_base64, unpacked).sort(), sorted, name)
    t.deepEqual(sums(module.user_data_gzip_base64, value => gunzipSync(unbase64(value))).sort(), sorted, name)
    t.deepEqual(Object.entries(module.sha256).sort(), sorted, name)
    t.is(module.quorum, material.cluster.quorum, name)
  }
})

test('user data that is too large for EC2 is compressed like a launch would, or refused', t => {
  const sized = (length: number, letters: (index: number) => string) => {
    const rack = Array.from({ length }, (_, index) => letters(index)).join('')
    return materialOf(clusterOf(sampleInventory(1), { vars: { mesos_attributes: { rack } } }))
  }
  const large = sized(20_000, () => 'x')
  const text = large.nodes[1]?.userData.text ?? ''
  const [external] = writeAs('terraform-external', large)
  const [template] = writeAs('cloudformation', large)
  const packedAs = [
    JSON.parse(String(external && Buffer.from(external.bytes)))['c1-web'],
    userDataIn(JSON.parse(String(template && Buffer.from(template.bytes))))['c1-web'],
  ]
  for (const data of packedAs) t.is(gunzipSync(unbase64(data)).toString(), text)
  const values = JSON.parse(String(Buffer.from(writeAs('terraform', large)[1]?.bytes ?? [])))
  t.deepEqual(values.packed, ['c1-web'])

  const noise = sized(2_000, index => sha256(String(index)))
  for (const format of ['terraform', 'terraform-external'] as const) {
    t.regex(
      refusals(() => writeAs(format, noise)).join(),
      /^c1-web: is too large for EC2 \(1\d{5} bytes, \d{5} as gzip, limit 16384\); shorten its variables$/,
    )
  }
})

interface TerraformModule {
  readonly user_data: Record<string, string>
  readonly user_data_base64: Record<string, string>
  readonly user_data_gzip_base64: Record<string, string>
  readonly sha256: Record<string, string>
  readonly quorum: number
}
