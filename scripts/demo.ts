import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bakedMissing, bakedSettings } from '../test/harness/baked.ts'
import { packerEnv } from '../test/harness/packer.ts'
import { askToGoOn } from './cli/ask.ts'
import { defineCommand } from './cli/command.ts'
import { yesOption } from './cli/common-options.ts'
import { loadCluster } from './cli/load.ts'
import { env, isProgram, main, print, Stopped, say } from './cli/main.ts'
import { duration } from './cli/options.ts'
import { electedIn } from './health/elected.ts'
import { Refused } from './inventory/problems.ts'
import { call, type Engine, findEngine } from './targets/containers/engine/engine.ts'
import { healthOf } from './targets/containers/engine/watch-health.ts'

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
    const missing = bakedMissing()
    if (missing !== undefined) throw new Refused([{ path: 'demo', message: missing }])
    say(
      [
        `This demo launches the cluster "${name}" in containers on this machine, kills its elected leader, waits until`,
        'another one is elected, starts the container again that was killed, and destroys the cluster.',
        'It takes about two minutes, in which the first run bakes an image too, and 600 MB of memory.',
        '',
        'Mesos and Marathon are stand-ins (test/doubles). Systemd, cloud-init, Consul, ZooKeeper and everything that',
        'mesos-bakery does are real.',
      ].join('\n'),
    )
    await askToGoOn('\nRun the demo?', given.yes)
    const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-demo-'))
    const file = join(folder, 'inventory.yaml')
    const options = ['--target', 'local', '--inventory', file]
    writeFileSync(file, JSON.stringify(await inventory()))
    try {
      await show('launch', ...options, '--yes')
      await failOver(await findEngine(undefined), file, given.timeout)
      await show('launch', ...options, '--yes')
    } finally {
      await show('destroy', ...options, '--yes')
      rmSync(folder, { recursive: true, force: true })
    }
    print('\nThat was it. With a Mesos package of your own, the README goes on from here.')
  },
})

const name = 'demo'

async function inventory(): Promise<object> {
  return {
    cluster: name,
    image: await bakedSettings(),
    vars: { zookeeper_heap_mb: 128 },
    groups: {
      mesos_leaders: { vars: { mesos_mode: 'leader' }, count: 3 },
      mesos_followers: { min: 2, max: 10 },
    },
  }
}

/** Kills the leader that is elected, and waits until another one is and the followers are back. */
async function failOver(engine: Engine, file: string, limit: number): Promise<void> {
  const cluster = loadCluster({ inventory: file, target: 'local' })
  const elected = async () => electedIn((await healthOf(engine, cluster)).seen)[0]
  const first = await elected()
  if (first === undefined) throw new Stopped('nobody is elected, so nobody can be killed')
  print(`\n$ ${engine.name} kill ${first.name}     # the elected leader`)
  await call(engine, 'kill', first.name)
  const begin = Date.now()
  const seconds = () => `${((Date.now() - begin) / 1_000).toFixed(1)} s`
  for (let told = ''; ; ) {
    const now = await elected()
    if (now !== undefined && now.name !== told) {
      told = now.name
      print(`${told} is elected, after ${seconds()}`)
    }
    if ((now?.report?.master?.slaves ?? 0) >= 2) break
    if (Date.now() - begin > limit) throw new Stopped(`nobody leads two followers after ${seconds()}`)
    await new Promise(resolve => setTimeout(resolve, 250))
  }
  print(`both followers are registered with it, after ${seconds()}\n`)
}

/** Runs a command as a person would type it, on this terminal. */
async function show(npmScript: string, ...args: readonly string[]): Promise<void> {
  print(`\n$ npm run ${npmScript} -- ${args.join(' ')}`)
  const script = fileURLToPath(new URL(`${npmScript}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: 'inherit',
    env: packerEnv({ ...env() }),
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Stopped(`npm run ${npmScript} ended with ${code}`)
}

if (isProgram(import.meta.url)) await main(command)
