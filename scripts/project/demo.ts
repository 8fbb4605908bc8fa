import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askToGoOn } from '../cli/ask.ts'
import { defineCommand } from '../cli/command.ts'
import { yesOption } from '../cli/common-options.ts'
import { loadToLook, type TargetOptions } from '../cli/load.ts'
import { env, isProgram, main, print, Stopped, say } from '../cli/main.ts'
import { duration } from '../cli/options.ts'
import { electedIn } from '../health/elected.ts'
import { standInNotice } from '../image/stand-ins.ts'
import { toolsEnv } from '../image/tools-env.ts'
import { call, type Engine, findEngine } from '../targets/containers/engine/engine.ts'
import { isPrepared, prepare } from './prepare.ts'

export const command = defineCommand({
  name: 'demo',
  summary: 'launch a demo cluster in containers, fail over its leader, and destroy it',
  options: {
    timeout: duration('how long to wait for the next leader', '5m'),
    ...yesOption,
  },
  examples: [
    ['', 'describe the demo, ask, and run it'],
    ['--yes', 'run it without asking'],
  ],
  run: async given => {
    say(notice)
    if (await isPrepared()) await askToGoOn('\nRun the demo?', given.yes)
    else await prepare(given.yes)
    const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-demo-'))
    const file = join(folder, 'inventory.yaml')
    const options = ['--target', 'local', '--inventory', file]
    writeFileSync(file, JSON.stringify(inventory))
    try {
      await show('launch', ...options, '--stand-ins', '--yes')
      await failOver(await findEngine(undefined), { ...given, inventory: file, target: 'local' })
      await show('launch', ...options, '--yes')
    } finally {
      await show('destroy', ...options, '--yes')
      rmSync(folder, { recursive: true, force: true })
    }
    print('\nThe demo is complete. To launch a cluster with a Mesos package of your own, see README.md.')
  },
})

const name = 'demo'

const notice = `This demo launches the cluster "${name}" in containers on this machine, kills its elected leader, waits until
another one is elected, restarts the killed container, and destroys the cluster.
It takes about two minutes and 600 MB of memory. The first run also bakes an image.

${standInNotice} systemd, cloud-init, Consul and ZooKeeper are real, and so is
everything that mesos-bakery does.
`

const inventory = {
  cluster: name,
  vars: { zookeeper_heap_mb: 128 },
  groups: {
    mesos_leaders: { vars: { mesos_mode: 'leader' }, count: 3 },
    mesos_followers: { min: 2, max: 10 },
  },
}

/** Kills the elected leader, and waits until another leader is elected and the followers are registered again. */
async function failOver(engine: Engine, given: TargetOptions & { readonly timeout: number }): Promise<void> {
  const { asked, target } = await loadToLook(given)
  const elected = async () => electedIn((await target.look(asked)).health?.nodes ?? [])[0]
  const first = await elected()
  if (first === undefined) throw new Stopped('no leader is elected, so the demo cannot stop it')
  print(`\n$ ${engine.name} kill ${first.name}     # the elected leader`)
  await call(engine, 'kill', first.name)
  const begin = Date.now()
  const seconds = () => `${((Date.now() - begin) / 1_000).toFixed(1)} s`
  for (let told = ''; ; ) {
    const now = await elected()
    if (now !== undefined && now.name !== told) {
      told = now.name
      print(`${told} was elected after ${seconds()}`)
    }
    if ((now?.report?.master?.slaves ?? 0) >= 2) break
    if (Date.now() - begin > given.timeout)
      throw new Stopped(`no elected leader with two registered followers after ${seconds()}`)
    await new Promise(resolve => setTimeout(resolve, 250))
  }
  print(`both followers registered with it after ${seconds()}\n`)
}

/** Runs a command on this terminal, as a user would type it. */
async function show(npmScript: string, ...args: readonly string[]): Promise<void> {
  print(`\n$ npm run ${npmScript} -- ${args.join(' ')}`)
  const script = fileURLToPath(new URL(`../${npmScript}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: 'inherit',
    env: toolsEnv(env()),
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Stopped(`npm run ${npmScript} failed with exit code ${code}`)
}

if (isProgram(import.meta.url)) await main(command)
