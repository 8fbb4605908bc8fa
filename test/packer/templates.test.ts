import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { containerPlugins, packerEnv, packerMissing, runPacker } from '../harness/packer.ts'
import { unless } from '../harness/programs.ts'

const test = unless(packerMissing(), anyTest as TestFn)

const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-templates-'))
const artifact = join(folder, 'artifact')
writeFileSync(artifact, '')

/** The variables of the build of an AMI. The content of the artifacts does not matter for validation. */
const values = {
  name: 'mesos',
  fingerprint: 'f'.repeat(64),
  version: '0.1.0',
  architecture: 'arm64',
  cgroups: 'v1',
  artifacts: ['consul', 'mesos'].map(name => ({
    name,
    kind: 'tar',
    file: artifact,
    sha256: '',
    version: '',
  })),
  packages_file: join(folder, 'packages.tsv'),
  source_ami: 'ami-0123456789abcdef0',
  instance_type: 'm6g.large',
}

function validate(source: string, changes: Record<string, unknown> = {}, env = packerEnv()) {
  const file = join(mkdtempSync(join(folder, 'values-')), 'bake.pkrvars.json')
  writeFileSync(file, JSON.stringify({ ...values, ...changes }))
  return runPacker(['validate', `-only=${source}`, `-var-file=${file}`, 'packer'], env)
}

test('the templates are formatted', async t => {
  t.like(await runPacker(['fmt', '-check', 'packer']), { code: 0, stdout: '' })
})

for (const source of ['amazon-ebs.machine', 'docker.container']) {
  test(`Packer accepts ${source}`, async t => {
    const { code, stdout, stderr } = await validate(source)
    t.is(code, 0, stdout + stderr)
  })
}

test('Packer accepts the empty values in a bake for containers', async t => {
  const empty = { region: '', source_ami: '', instance_type: '', deprecate_at: '' }
  t.like(await validate('docker.container', empty), { code: 0 })
})

test('a container requires only what npm run setup installs; an AMI requires the real amazon plugin', async t => {
  const env = packerEnv(undefined, containerPlugins)
  t.like(await runPacker(['init', 'packer'], env), { code: 0 })
  t.like(await validate('docker.container', {}, env), { code: 0 })
  const { code, stdout, stderr } = await validate('amazon-ebs.machine', {}, env)
  t.is(code, 1)
  t.regex(stdout + stderr, /Failed to load source type/)
})

const refused: readonly [string, Record<string, unknown>, RegExp][] = [
  ['another architecture', { architecture: 'x86_64' }, /must be amd64 or arm64/],
  ['other cgroups', { cgroups: 'host' }, /must be v1 or v2/],
  ['an image without Consul', { artifacts: values.artifacts.slice(1) }, /must include consul and mesos/],
  ['a variable that is none', { nmae: 'mesos' }, /undeclared|nmae/i],
]
for (const [what, changes, message] of refused) {
  test(`Packer refuses ${what}`, async t => {
    const { stdout, stderr } = await validate('docker.container', changes)
    t.regex(stdout + stderr, message)
  })
}
