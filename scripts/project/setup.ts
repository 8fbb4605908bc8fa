import { defineCommand } from '../cli/command.ts'
import { yesOption } from '../cli/common-options.ts'
import { isProgram, main, print } from '../cli/main.ts'
import { isPrepared, prepare } from './prepare.ts'

export const command = defineCommand({
  name: 'setup',
  summary: 'prepare a Debian machine for clusters in containers and the demo',
  options: yesOption,
  examples: [['', 'list what is missing, ask, and install it']],
  run: async given => {
    if (!(await isPrepared())) await prepare(given.yes)
    print('The machine is prepared. Next, run npm run demo.')
  },
})

if (isProgram(import.meta.url)) await main(command)
