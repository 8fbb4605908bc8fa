import { type Command, main, print } from '../cli/main.ts'
import { isPrepared, prepare } from './prepare.ts'

const command: Command = {
  name: 'setup',
  summary: 'Prepares a Debian machine for clusters in containers and the demo.',
  options: { yes: { help: 'do not ask' } },
  examples: [['', 'what would be installed, then do it after asking']],
  run: async given => {
    if (!(await isPrepared())) await prepare(given.yes === true)
    print('The machine is prepared. Next, run npm run demo.')
  },
}

await main(command)
