import { defineCommand } from './cli/command.ts'
import { inventoryFileOption } from './cli/common-options.ts'
import { readInventory } from './cli/inventory-file.ts'
import { env, isProgram, main, print, say } from './cli/main.ts'
import { naming, text, withDefault } from './cli/options.ts'
import { writePage } from './cli/page-file.ts'

export const command = defineCommand({
  name: 'page',
  summary: 'write a web page that shows the cluster and edits its inventory',
  options: {
    ...inventoryFileOption,
    out: naming('files', withDefault(text('FILE', 'the file to write'), 'mesos-bakery.html')),
  },
  examples: [
    ['', 'write mesos-bakery.html'],
    ['--out cluster1.html', 'write another file'],
  ],
  run: async given => {
    const { file, text: inventory, isExample } = readInventory(given.inventory, env())
    if (isExample) say(`inventory.yaml not found; using ${file}`)
    await writePage(given.out, { file, text: inventory })
    print(given.out)
  },
})

if (isProgram(import.meta.url)) await main(command)
