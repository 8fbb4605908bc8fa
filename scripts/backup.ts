import { closeSync, openSync, renameSync, rmSync } from 'node:fs'
import { defineCommand } from './cli/command.ts'
import { inventoryOptions, targetOptions } from './cli/common-options.ts'
import { fromCall, refuseFileError } from './cli/inventory-file.ts'
import { loadToLook } from './cli/load.ts'
import { env, isProgram, main, print, printJson, Stopped } from './cli/main.ts'
import { naming, text } from './cli/options.ts'
import { Path } from './inventory/problem-path.ts'
import { Refused } from './inventory/problems.ts'
import { backupCommand, holderOfState } from './plan/backup.ts'

export const command = defineCommand({
  name: 'backup',
  summary: 'save the state of a cluster to a file',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    out: naming('files', text('FILE', 'the file to write, by default <cluster>-<time>.tar')),
  },
  examples: [
    ['', 'save the state of the cluster in inventory.yaml'],
    ['--target local --out c1.tar', 'save the state of a cluster in containers'],
  ],
  run: async given => {
    const { asked, target } = await loadToLook(given)
    const { health } = await target.look(asked)
    const node = holderOfState(asked.cluster, health.nodes)
    if (typeof node !== 'string') throw new Refused([{ path: Path.outside(asked.cluster.name), ...node }])
    const time = new Date().toISOString().replace(/\.\d+/, '').replaceAll(':', '')
    const named = given.out ?? `${asked.cluster.name}-${time}.tar`
    const file = fromCall(named, env())
    const partial = `${file}.partial`
    const output = openNew(partial, named)
    const code = await target.openShell(asked, node, {
      command: backupCommand('save'),
      onTerminal: false,
      output,
    })
    closeSync(output)
    if (code !== 0) {
      rmSync(partial)
      throw new Stopped(`the backup failed on ${node} with exit code ${code}; nothing was written`)
    }
    renameSync(partial, file)
    if (given.json) printJson({ file, node })
    else print(`${named}: the state of ${asked.cluster.name}, from ${node}`)
  },
})

/** Opens a new file that only the user may read: the state may contain secrets of apps. */
function openNew(path: string, named: string): number {
  try {
    return openSync(path, 'w', 0o600)
  } catch (error) {
    return refuseFileError(error, named)
  }
}

if (isProgram(import.meta.url)) await main(command)
