import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { noAwsEnv } from '../harness/aws.ts'
import { userDataIn } from '../harness/cloudformation.ts'
import { run } from '../harness/command.ts'
import { type Followed, followEmbedding, nodes } from '../harness/installed.ts'
import { sha256 } from '../harness/material.ts'
import { terraform } from '../harness/terraform.ts'

let installed: Followed
test.before('docs/embedding.md can be followed step by step, in an empty directory', () => {
  installed = followEmbedding()
})
test.after.always(() => installed?.remove())

const inInstalled = (program: string, ...args: string[]) => {
  const done = spawnSync(program, args, { cwd: installed.folder, env: installed.env, encoding: 'utf8' })
  return { code: done.status, stdout: done.stdout, stderr: done.stderr }
}
const bin = (...args: string[]) => inInstalled('node_modules/.bin/mesos-bakery', ...args)

const read = (...path: string[]) => readFileSync(join(installed.folder, ...path), 'utf8')
const unbase64 = (text: string) => sha256(Buffer.from(text, 'base64'))

/** The checksums that `render --json` prints. */
const expectedSums = () =>
  (JSON.parse(read('cluster.json')).nodes as { name: string; sha256: string }[])
    .map(({ name, sha256 }) => [name, sha256])
    .sort()

test('Terraform, CloudFormation and the CDK contain the checksums that render --json prints', t => {
  const plan = JSON.parse(terraform(installed.folder, 'show', '-json', 'plan'))
  t.deepEqual(Object.entries(plan.planned_values.outputs.sha256.value).sort(), expectedSums())
  for (const file of ['template.json', 'cdk.out/Mesos.template.json']) {
    const found = Object.entries(userDataIn(JSON.parse(read(file))))
    t.deepEqual(found.map(([name, data]) => [name, unbase64(data)]).sort(), expectedSums(), file)
  }
})

test('Pulumi contains the same checksums', t => {
  symlinkSync(join(process.cwd(), 'node_modules/@pulumi'), join(installed.folder, 'node_modules/@pulumi'))
  const program = `
    import { runtime } from '@pulumi/pulumi'
    const made = []
    await runtime.setMocks({
      newResource: ({ inputs, name }) => {
        const data = inputs.userDataBase64 ?? inputs.userData
        if (data !== undefined) made.push([name, data])
        return { id: name, state: { ...inputs, latestVersion: 1 } }
      },
      call: ({ inputs }) => ({ ...inputs, value: 'ami-1' }),
    })
    await import('./pulumi.mjs')
    await runtime.waitForRPCs()
    console.log(JSON.stringify(made))`
  writeFileSync(join(installed.folder, 'mocked.mjs'), program)
  const made = JSON.parse(inInstalled('node', 'mocked.mjs').stdout) as [string, string][]
  t.deepEqual(made.map(([name, data]) => [name, unbase64(data)]).sort(), expectedSums())
})

test('the commands for other tools refer to files with the same bytes', t => {
  const sum = Object.fromEntries(expectedSums())['cluster1-leader-1']
  t.deepEqual(
    installed.calls().map(([program]) => program),
    ['aws', 'virt-install', 'multipass', 'ansible'],
  )
  for (const call of installed.calls()) {
    const [file] = /leader-1\.yaml|seed\/[\w-]+\/user-data/.exec(call.join(' ')) ?? []
    t.is(sha256(read(file ?? 'missing')), sum ?? '', call.join(' '))
  }
})

test('publint and attw report no problems', t => {
  t.notThrows(() => execFileSync('node_modules/.bin/publint', ['--strict', installed.tarball]))
  t.notThrows(() => execFileSync('node_modules/.bin/attw', ['--profile', 'esm-only', installed.tarball]))
})

test('the installed program renders the same bytes as the clone, and has the commands of package.json', async t => {
  t.is(bin('render', '--json').stdout, (await run('render', ['--json'])).stdout)
  const page = join(installed.folder, 'clone.html')
  t.is(bin('page').stdout, 'mesos-bakery.html\n')
  t.is((await run('page', ['--out', page])).code, 0)
  // Apart from the name of the inventory.
  const codeIn = (html: string) => html.replace(/<script type="application\/json".*/, '')
  t.true(codeIn(read('mesos-bakery.html')) === codeIn(readFileSync(page, 'utf8')))
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  const commands = Object.keys(scripts).filter(
    name => scripts[name] === `node --import tsx scripts/${name}.ts`,
  )
  const help = bin('--help').stdout
  for (const name of commands) {
    t.true(help.includes(name), name)
    t.is(bin(name, '--help').code, 0, name)
  }
})

test('messages name the program as it was called', t => {
  t.true(bin('render', '--help').stdout.includes('\nUsage: mesos-bakery render [options]\n'))
  t.regex(bin('render', '--node', 'x').stderr, / \| mesos-bakery render --node x\n/)
  t.is(bin('rendr').stderr, 'error: unknown command rendr; did you mean "render"?\n')
  t.is(bin('rendr').code, 2)
})

const javascript = `
import { readFileSync } from 'node:fs'
import { loadInventory, plan, Refused, renderAs, renderUserData } from 'mesos-bakery'
const text = readFileSync('node_modules/mesos-bakery/inventory.example.yaml', 'utf8')
const cluster = loadInventory(text, { leaders: 5, vars: { mesos_zk_port: 2182 } })
const refused = call => {
  try { call() } catch (error) { if (error instanceof Refused) return error.problems }
}
console.log(JSON.stringify({
  all: renderUserData(cluster),
  one: renderUserData(cluster, 'cluster1-leader-2'),
  module: Buffer.from(renderAs('cloudformation', cluster)[0].bytes).toString(),
  plan: plan(cluster),
  problems: refused(() => loadInventory('groups:\\n  a: { vars: { mesos_mode: leader }, count: 4 }\\n', { file: 'x.yaml' })),
  unknown: [
    refused(() => renderUserData(cluster, 'cluster1-leader-9')),
    refused(() => renderAs('terrafrom', cluster)),
    refused(() => loadInventory(text, { leaders: 4 })),
    refused(() => loadInventory(text, { vars: { mesos_zk_prot: 1 } })),
  ],
}))
`

test('the example of the library prints the documented output', t => {
  const { stdout, stderr } = inInstalled('node', 'library.mjs')
  t.is(stderr, '')
  const lines = stdout.trimEnd().split('\n')
  t.deepEqual(
    lines
      .slice(0, -1)
      .map(line => line.split(' '))
      .map(([name, , sum]) => [name, sum])
      .sort(),
    expectedSums(),
  )
  t.is(lines.at(-1), 'cluster1-leader-1.mime 14')
})

test('the library returns what the commands print, on every supported Node.js', async t => {
  writeFileSync(join(installed.folder, 'use.mjs'), javascript)
  const options = ['--leaders', '5', '--set', 'mesos_zk_port=2182']
  const [json, module, plan] = await Promise.all([
    run('render', [...options, '--json']),
    run('render', [...options, '--format', 'cloudformation']),
    run('launch', [...options, '--dry-run', '--json']),
  ])
  t.true(nodes().length >= (process.env.CI ? 3 : 1))
  for (const node of nodes()) {
    const { stdout, stderr } = inInstalled(node, 'use.mjs')
    t.is(stderr, '', node)
    const found = JSON.parse(stdout)
    const expected = JSON.parse(json.stdout).nodes as { name: string; sha256: string; userData: string }[]
    t.deepEqual(
      found.all.map(({ name, sha256, text }: Record<string, string>) => ({ name, sha256, userData: text })),
      expected.map(({ name, sha256, userData }) => ({ name, sha256, userData })),
      node,
    )
    t.deepEqual(found.one, found.all[1], node)
    t.is(found.module, module.stdout, node)
    // The library also includes the description of each step.
    const steps = found.plan.steps.map(({ says: _, ...step }: { says: unknown }) => step)
    t.deepEqual({ ...found.plan, steps }, JSON.parse(plan.stdout), node)
    t.like(found.problems[0], {
      path: 'groups.a.count',
      message: 'must be odd, got 4',
      help: 'use 3 or 5',
      file: 'x.yaml',
      line: 2,
    })
    t.deepEqual(
      found.unknown.map(([{ path, help }]: [{ path: string; help: string }]) => [path, help]),
      [
        ['node', 'did you mean "cluster1-leader-1"?'],
        ['format', 'did you mean "terraform"?'],
        ['--leaders', 'use 3 or 5'],
        ['vars.mesos_zk_prot', 'did you mean "mesos_zk_port"?'],
      ],
      node,
    )
  }
})

test('an import has no effects and loads no AWS client', t => {
  const script = `
    const before = new Set(Object.keys(globalThis))
    await import('mesos-bakery')
    const globals = Object.keys(globalThis).filter(name => !before.has(name))
    const kept = process.getActiveResourcesInfo().filter(kind => /Timeout|Immediate|TCP|Process|Watch/.test(kind))
    console.log(JSON.stringify([globals, kept]))`
  const debug = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: installed.folder,
    env: { ...noAwsEnv(), NODE_DEBUG: 'module,esm' },
    encoding: 'utf8',
  })
  // A global of zod, which stores its settings there.
  t.is(debug.stdout, '[["__zod_globalConfig"],[]]\n')
  t.false(/@aws-sdk|node_modules\/(?!mesos-bakery)/.test(debug.stderr))
})

test('the types work in a strict TypeScript project', t => {
  const source = `
import { type Cluster, loadInventory, type Plan, plan, renderUserData, type UserData } from 'mesos-bakery'
const cluster: Cluster = loadInventory('groups: {}', { followers: { min: 1, max: 2 } })
const one: UserData = renderUserData(cluster, 'a')
const all: readonly UserData[] = renderUserData(cluster)
const steps: Plan['steps'] = plan(cluster).steps
// @ts-expect-error a number is required
loadInventory('', { leaders: '3' })
export const found = [one.sha256, all.length, steps.map(step => step.kind)]
`
  writeFileSync(join(installed.folder, 'use.ts'), source)
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    'node',
  ]
  const types = join(process.cwd(), 'node_modules/@types')
  const tsc = inInstalled(
    join(process.cwd(), 'node_modules/.bin/tsc'),
    ...options,
    '--typeRoots',
    types,
    'use.ts',
  )
  t.is(tsc.stdout, '')
  t.is(tsc.code, 0)
})
