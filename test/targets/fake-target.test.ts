import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import test from 'ava'
import { $ } from 'zx'
import { runningIn } from '../harness/page-data.ts'

// Adding a target takes one directory and one line: a copy of the product with both, and the commands with it.

const project = mkdtempSync(join(tmpdir(), 'mesos-bakery-target-'))
const inventory = join(project, 'inventory.yaml')

test.before(() => {
  for (const name of ['scripts', 'cloud-init', 'package.json'])
    cpSync(name, join(project, name), { recursive: true })
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'))
  mkdirSync(join(project, 'scripts/targets/fake'))
  const source = readFileSync('test/targets/fake.ts', 'utf8').replaceAll('../../scripts/', '../../')
  writeFileSync(join(project, 'scripts/targets/fake/fake.ts'), source)
  const list = join(project, 'scripts/targets/list.ts')
  const line = "  fake: { folder: 'fake', options: [], anySize: true },\n"
  writeFileSync(list, readFileSync(list, 'utf8').replace('export const targets = {\n', `$&${line}`))
  writeFileSync(
    inventory,
    JSON.stringify({
      ...{ cluster: 'c1', target: 'fake' },
      groups: { leaders: { vars: { mesos_mode: 'leader' }, count: 3 }, web: { min: 1, max: 1 } },
    }),
  )
})

test.after.always(() => rmSync(project, { recursive: true, force: true }))

async function run(command: string, ...args: readonly string[]) {
  const how = { cwd: project, quiet: true, nothrow: true, env: { ...process.env, CI: 'true' } } as const
  const ran = await $(how)`node --import tsx scripts/${command}.ts --inventory ${inventory} ${args}`
  return { code: ran.exitCode, stdout: ran.stdout, stderr: ran.stderr }
}

test('a target with one directory and one line supports launch, status, replace and destroy', async t => {
  const dry = await run('launch', '--dry-run')
  t.like(dry, { code: 0, stderr: '' })
  t.regex(dry.stdout, /c1 on fake: 3 leaders, quorum 2/)
  t.regex(dry.stdout, /\+ machine {2}c1-leader-1 {2}a line of a file/)

  t.like(await run('status'), { code: 4 })
  const launched = await run('launch', '--yes')
  t.is(launched.code, 0, launched.stderr)
  t.regex(launched.stdout, /^c1 in a file: 3 of 3 leaders running, quorum 2/)
  t.like(await run('launch', '--yes'), { code: 0 })
  const status = await run('status', '--json')
  t.is(status.code, 0)
  t.like(JSON.parse(status.stdout), { running: 3, standing: 'whole' })

  const page = join(project, 'page.html')
  const shown = await run('status', '--page', page)
  const running = runningIn(page)
  t.is(running.rows.length, 1 + 3 + 1)
  for (const text of [
    ...running.head,
    ...running.rows.flat(),
    ...running.gates.map((gate: { detail: string }) => gate.detail),
  ])
    t.true(shown.stdout.includes(text), text)
  t.deepEqual(running.findings, [])

  const replaced = await run('replace', '--node', 'c1-leader-2', '--yes')
  t.is(replaced.code, 0, replaced.stderr)
  t.regex(replaced.stderr, /machine c1-leader-2: replaced/)
  t.like(await run('replace', '--node', 'c1-leader-9', '--yes'), { code: 1 })

  const destroyed = await run('destroy', '--yes')
  t.is(destroyed.code, 0, destroyed.stderr)
  t.regex(destroyed.stdout, /c1 is destroyed/)
  t.like(await run('status'), { code: 4 })
})
