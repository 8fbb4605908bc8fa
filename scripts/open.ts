import { defineCommand } from './cli/command.ts'
import { inventoryOptions, targetOptions } from './cli/common-options.ts'
import { onInterrupt } from './cli/interrupt.ts'
import { loadToLook } from './cli/load.ts'
import { endWith, isProgram, main, print, printJson } from './cli/main.ts'
import { pageLines } from './show/say-health.ts'

export const command = defineCommand({
  name: 'open',
  summary: 'make the pages of Mesos and Marathon available on this machine',
  options: { ...inventoryOptions, ...targetOptions },
  examples: [
    ['', 'open a tunnel to EC2, until you press Ctrl-C'],
    ['--target local', 'print the published addresses of containers'],
  ],
  run: async given => {
    const { asked, target } = await loadToLook(given)
    const release = onInterrupt(() => '\nclosed')
    const code = await target.openPages(asked, pages => {
      if (given.json) printJson(pages)
      else print(pageLines(pages).join('\n'))
    })
    release()
    endWith(code)
  },
})

if (isProgram(import.meta.url)) await main(command)
