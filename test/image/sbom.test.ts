import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import test from 'ava'
import { readPackages, sbomOf } from '../../scripts/image/manifest.ts'

const ingredients = {
  name: 'mesos',
  architecture: 'amd64',
  cgroups: 'v2',
  base: 'ami-1',
  version: '0.1.0',
  files: [],
  artifacts: [{ name: 'mesos', kind: 'deb', url: 'file:m', sha256: 'a'.repeat(64), version: '1.11.0' }],
} as const

test('the bill of materials is valid CycloneDX, and reproducible', async t => {
  const packages = readPackages('libc6:amd64\t2.36-9+deb12u13\tamd64\nopenjdk-17\t2:17.0~3\tall\n')
  const text = sbomOf(ingredients, 'f'.repeat(64), packages)
  t.is(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text), null)
  t.is(sbomOf(ingredients, 'f'.repeat(64), [...packages].reverse()), text)
  const { components } = JSON.parse(text)
  t.deepEqual(
    components.map(({ name, version }: Record<string, string>) => [name, version]),
    [
      ['mesos', '1.11.0'],
      ['libc6', '2.36-9+deb12u13'],
      ['openjdk-17', '2:17.0~3'],
    ],
  )
  t.true(text.includes('pkg:deb/debian/libc6@2.36-9%2Bdeb12u13?arch=amd64&distro=debian-12'))
  t.true(text.includes('a'.repeat(64)))
})
