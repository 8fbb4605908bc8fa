import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Refused } from './inventory/problems.ts'
import { askToGoOn } from './terminal/ask.ts'
import { type Command, main, print, Stopped, say } from './terminal/main.ts'

const program = fileURLToPath(new URL('../.ci/setup', import.meta.url))

const command: Command = {
  name: 'setup',
  summary: 'Prepares a Debian machine for clusters in containers, the demo and the tests.',
  options: { yes: { help: 'do not ask' } },
  examples: [['', 'what would be installed, then do it after asking']],
  run: async given => {
    if (!existsSync('/usr/bin/apt-get')) {
      const message = 'is made for Debian; elsewhere install podman and Packer by hand'
      throw new Refused([{ path: 'setup', message }])
    }
    say(
      [
        'This installs with apt-get what is missing of podman, runc, cloud-init, ZooKeeper and a few more packages,',
        'makes a Debian 12 for containers, and builds Packer and Consul with go. All of it is kept below',
        '~/.cache/mesos-bakery, and takes some minutes the first time.',
      ].join('\n'),
    )
    await askToGoOn('\nDo it?', given.yes === true)
    const [code] = await once(spawn('bash', [program], { stdio: ['ignore', 2, 2] }), 'exit')
    if (code !== 0) throw new Stopped(`.ci/setup ended with ${code}; what it said is above`)
    print('ready; the next thing to try is npm run demo')
  },
}

await main(command)
