import { closeSync, openSync } from 'node:fs'
import * as z from 'zod/mini'
import { askToGoOn } from './cli/ask.ts'
import { defineCommand } from './cli/command.ts'
import { inventoryOptions, targetOptions, yesOption } from './cli/common-options.ts'
import { fromCall } from './cli/inventory-file.ts'
import { loadToChange } from './cli/load.ts'
import { env, isProgram, main, print, printJson, say } from './cli/main.ts'
import { duration, naming, required, text } from './cli/options.ts'
import { runShown, waitShown } from './cli/run-shown.ts'
import { onStderr, onStdout } from './cli/screen.ts'
import { Path } from './inventory/problem-path.ts'
import { Refused } from './inventory/problems.ts'
import { backupCommand, planRestore, type RestoreStep } from './plan/backup.ts'
import { runSteps } from './plan/run.ts'
import { runProgram } from './programs/run-program.ts'
import { saySteps } from './show/say-plan.ts'
import { sayView, viewJson } from './show/say-view.ts'
import type { Asked, Target } from './targets/target.ts'

export const command = defineCommand({
  name: 'restore',
  summary: 'restore the state of a cluster from a backup',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    in: naming('files', required(text('FILE', 'the backup'))),
    ...yesOption,
    timeout: duration('how long to wait for the cluster to become healthy', '10m'),
  },
  examples: [['--in c1.tar', 'show what is restored, ask, and restore it']],
  run: async given => {
    const { timeout } = given
    const file = fromCall(given.in, env())
    const backup = await describe(file, given.in)
    const { asked, target, causesOf } = await loadToChange(given)
    const { cluster } = asked
    const { health, place } = await target.look(asked)
    const steps = planRestore(cluster, health.nodes)
    if ('message' in steps) throw new Refused([{ path: Path.outside(cluster.name), ...steps }])
    say(`The backup is of ${backup.cluster}, from ${backup.node} at ${backup.time}.\n`)
    say(saySteps(steps, onStderr()).join('\n'))
    say(consequences)
    await askToGoOn(`\nReplace the state of ${cluster.name} ${place}?`, given.yes)
    await runShown({
      steps,
      place,
      run: tell => runSteps(steps, step => carryOut(target, asked, step, file), tell),
      explain: error => (error instanceof Refused ? error.problems : undefined),
    })
    say('')
    const options = { dryRun: false, prune: false, recover: false, standIns: false, timeout }
    const view = await waitShown(await target.planLaunch(asked, options), [], timeout, causesOf)
    if (given.json) printJson(viewJson(view))
    else print(sayView(view, onStdout()))
  },
})

const consequences = `
Restored: everything in ZooKeeper, including the apps of Marathon. What was written since the backup is lost.
Not restored:
  the registry of the Mesos masters, which is in the backup as registry.json. The followers register again. If the
  masters have lost their registry, set quotas, weights and maintenance schedules again.
  the catalog of Consul, in which the nodes register by themselves. For keys and values of your own, run
  consul snapshot restore with consul.snap of the backup.
While ZooKeeper is stopped, tasks keep running, but no master is elected.`

const description = z.object({
  format: z.literal(1),
  cluster: z.string(),
  node: z.string(),
  time: z.string(),
})

/** @throws Refused if the file is not a backup */
async function describe(file: string, named: string): Promise<z.infer<typeof description>> {
  const { code, stdout, stderr } = await runProgram('tar', ['-xOf', file, 'backup.json'], {
    timeout: 60_000,
  })
  const read = code === 0 ? description.safeParse(parsed(stdout)) : undefined
  if (read?.success) return read.data
  const why = stderr.trim().split('\n')[0] ?? ''
  const message = `is not a backup of this release${why === '' ? '' : ` (${why})`}`
  throw new Refused([{ path: Path.root, file: named, message, help: 'use a file that npm run backup wrote' }])
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function carryOut(target: Target, asked: Asked, step: RestoreStep, file: string): Promise<string> {
  const input = openSync(step.does === 'receive' ? file : '/dev/null', 'r')
  try {
    const session = { command: backupCommand(step.does), onTerminal: false, input }
    const code = await target.openShell(asked, step.name, session)
    if (code === 0) return step.name
    const message = `backup ${step.does} failed with exit code ${code}`
    throw new Refused([{ path: Path.outside(step.name), message, help: 'run the same command again' }])
  } finally {
    closeSync(input)
  }
}

if (isProgram(import.meta.url)) await main(command)
