import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { askToGoOn } from './cli/ask.ts'
import { defineCommand } from './cli/command.ts'
import { yesOption } from './cli/common-options.ts'
import { isProgram, main, print, Stopped, say } from './cli/main.ts'
import { Refused } from './inventory/problems.ts'

const program = fileURLToPath(new URL('../.ci/setup', import.meta.url))

export const command = defineCommand({
  name: 'setup',
  summary: 'prepare a Debian machine for clusters in containers and the demo',
  options: yesOption,
  examples: [['', 'list what is missing, ask, and install it']],
  run: async given => {
    if (!existsSync('/usr/bin/apt-get')) {
      const message = 'is made for Debian; elsewhere install podman and Packer by hand'
      throw new Refused([{ path: 'setup', message }])
    }
    say(
      [
        'This prepares the machine for clusters in containers:',
        '  - apt-get installs what is missing of podman, runc, netavark, iptables, mmdebstrap, python3 and gcc',
        '  - mmdebstrap makes a base image of Debian 12',
        '  - go builds Packer, its docker plugin and Consul from source, into ~/.cache/mesos-bakery',
        'Go 1.25.11 or newer is required. The first run takes about 6 minutes of CPU time, which two cores share,',
        'and 4 GB of disk space. What only the tests need is left out; .ci/setup installs that too.',
      ].join('\n'),
    )
    await askToGoOn('\nInstall it?', given.yes)
    const [code] = await once(spawn('bash', [program, 'clusters'], { stdio: ['ignore', 2, 2] }), 'exit')
    if (code !== 0) throw new Stopped(`.ci/setup ended with ${code}; what it said is above`)
    print('ready; the next thing to try is npm run demo')
  },
})

if (isProgram(import.meta.url)) await main(command)
