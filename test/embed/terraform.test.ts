import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { writeAs } from '../../scripts/embed/formats.ts'
import { startAwsDouble, startExternalDouble } from '../doubles/terraform-provider.ts'
import { noAwsEnv } from '../harness/aws.ts'
import { cases, inventoryOf } from '../harness/cases.ts'
import { materialOf, sha256 } from '../harness/material.ts'
import { unless } from '../harness/programs.ts'
import { clusterOf } from '../harness/sample.ts'
import { planned, terraform, terraformMissing } from '../harness/terraform.ts'

const test = unless(terraformMissing, anyTest as TestFn)

const aws = 'registry.terraform.io/hashicorp/aws'
const external = 'registry.terraform.io/hashicorp/external'
const unbase64 = (text: unknown) => sha256(Buffer.from(String(text), 'base64'))

/** A copy of an example in a temporary directory. */
function copyOf(example: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-example-'))
  cpSync(join('examples', example), folder, { recursive: true })
  return folder
}

test('the examples are formatted with terraform fmt', t => {
  t.notThrows(() => terraform('examples', 'fmt', '-check', '-recursive'))
})

test('examples/terraform creates the machines of every case, with the same user data and tags', async t => {
  const provider = await startAwsDouble()
  t.teardown(provider.stop)
  for (const name of cases) {
    const folder = copyOf('terraform')
    t.teardown(() => rmSync(folder, { recursive: true }))
    const material = materialOf(clusterOf(inventoryOf(name)))
    mkdirSync(join(folder, 'mesos'))
    for (const { path, bytes } of writeAs('terraform', material)) {
      writeFileSync(join(folder, 'mesos', path), bytes)
    }
    const { outputs, root_module } = await planned(folder, { [aws]: provider }, { vpc_id: 'vpc-1' })
    const of = (type: string) => root_module.resources.filter(one => one.type === type)
    const expected = material.nodes.map(({ userData }) => [userData.name, userData.sha256]).sort()
    const found = [
      ...of('aws_instance').map(({ index, values }) => [index, unbase64(values.user_data_base64)]),
      ...of('aws_launch_template').map(({ index, values }) => [index, unbase64(values.user_data)]),
    ]
    t.deepEqual(found.sort(), expected, name)
    t.deepEqual(Object.entries(outputs?.sha256?.value ?? {}).sort(), expected, name)
    for (const { index, values } of of('aws_instance')) {
      t.like(values.tags, { Name: index, 'mesos-bakery:cluster': material.cluster.name }, name)
    }
    t.deepEqual(
      of('aws_autoscaling_group').map(({ values }) => [values.name, values.min_size, values.max_size]),
      material.cluster.pools
        .map(({ name, min, max }) => [name, min, max])
        .sort(([a], [b]) => String(a).localeCompare(String(b))),
    )
  }
})

test('examples/terraform-external renders while Terraform plans', async t => {
  const folder = copyOf('terraform-external')
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'inventory.yaml'), inventoryOf('three-leaders'))
  // Replaces the installed package. Its installation is tested in test/library/.
  mkdirSync(join(folder, 'bin'))
  const program = `#!/bin/sh\nshift 2\nexec node --import tsx ${resolve('scripts/render.ts')} "$@"\n`
  writeFileSync(join(folder, 'bin', 'npx'), program, { mode: 0o755 })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const env = { ...noAwsEnv(), PATH: `${join(folder, 'bin')}:${process.env.PATH}` }
  const providers = { [aws]: await startAwsDouble(), [external]: await startExternalDouble(folder, env) }
  for (const { stop } of Object.values(providers)) t.teardown(stop)

  const { root_module } = await planned(folder, providers, { image_id: 'ami-1' })
  const { nodes } = materialOf(clusterOf(inventoryOf('three-leaders')))
  t.deepEqual(
    root_module.resources
      .filter(({ type }) => type === 'aws_instance')
      .map(({ index, values }) => [index, unbase64(values.user_data_base64)]),
    nodes.filter(({ node }) => node.kind === 'seat').map(({ userData }) => [userData.name, userData.sha256]),
  )
})
