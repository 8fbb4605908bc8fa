import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import anyTest, { type TestFn } from 'ava'
import { standInArtifacts } from '../../scripts/image/stand-ins.ts'
import { checkImage } from '../../scripts/inventory/image-settings.ts'
import { consulMissing } from '../harness/consul.ts'
import { unless } from '../harness/programs.ts'

const test = unless(consulMissing(), anyTest as TestFn)

test('an inventory accepts the stand-ins as artifacts, and they are built once', async t => {
  const artifacts = await standInArtifacts(process.env)
  t.deepEqual(
    artifacts.map(({ name, kind }) => [name, kind]),
    [
      ['consul', 'zip'],
      ['mesos', 'deb'],
      ['marathon', 'tar'],
    ],
  )
  for (const { url } of artifacts) t.true(existsSync(fileURLToPath(url)), url)
  t.deepEqual(checkImage({ artifacts: artifacts.map(each => ({ ...each })) }).problems, [])
  t.deepEqual(await standInArtifacts(process.env), artifacts)
})
