import { defineCommand } from './cli/command.ts'
import { inventoryFileOption } from './cli/common-options.ts'
import { readInventory } from './cli/inventory-file.ts'
import { env, isProgram, main, print } from './cli/main.ts'
import { choice, Misused, operands } from './cli/options.ts'
import { nodesOf } from './cluster/cluster.ts'
import { draftOf } from './cluster/draft.ts'
import { assemble } from './cluster/resolve.ts'
import { parseInventory } from './inventory/parse.ts'

const shells = ['bash', 'zsh', 'fish'] as const

export const command = defineCommand({
  name: 'completion',
  summary: 'print a completion script for bash, zsh or fish',
  options: {
    ...inventoryFileOption,
    list: choice('WHAT', ['nodes', 'pools'], 'print the names of nodes or pools instead'),
    shells: { ...operands('SHELL', 'bash, zsh or fish'), choices: shells },
  },
  examples: [
    ['bash', 'print the script for bash'],
    ['--list nodes', 'print the names of all nodes'],
  ],
  run: async given => {
    const [shell, ...more] = given.shells
    if (given.list !== undefined) return print(namesIn(given.list, given.inventory).join('\n'))
    const known = shells.find(one => one === shell)
    if (known === undefined || more.length > 0) throw new Misused('name one shell: bash, zsh or fish')
    // Loaded on demand, because a shell lists names while its user waits.
    const { completionScript } = await import('./cli/completion-script.ts')
    print((await completionScript(known, command, import.meta.url)).trimEnd())
  },
})

/** The names of nodes in an inventory, whatever rules it breaks. */
function namesIn(what: 'nodes' | 'pools', inventory: string | undefined): readonly string[] {
  const { text, file } = readInventory(inventory, env())
  const cluster = assemble(draftOf(parseInventory(text, file).value, { vars: {} }))
  return (what === 'nodes' ? nodesOf(cluster) : cluster.pools).map(({ name }) => name)
}

if (isProgram(import.meta.url)) await main(command)
