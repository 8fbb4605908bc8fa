import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { askToGoOn } from '../cli/ask.ts'
import { defineCommand } from '../cli/command.ts'
import { yesOption } from '../cli/common-options.ts'
import { env, isProgram, main, Stopped, say } from '../cli/main.ts'
import { missingDevDependencies } from './dev-dependencies.ts'
import { setup } from './prepare.ts'

const devDependencies = '  - dev dependencies from the npm registry: 570 MB, about 1 minute'
const tools = `  - with apt-get, if missing: podman, runc, netavark, iptables, mmdebstrap, python3, gcc, cloud-init, shellcheck,
    openssh-client, openssh-server, dpkg-dev, libc6-dev, python3-venv, default-jdk-headless, dnsmasq-base and zookeeper
  - a base image of Debian 12; moto, cfn-lint and Node 22 and 24; Go, if missing or older than 1.25.11
  - Packer, its docker and amazon plugins, Consul and, without Terraform, OpenTofu, built from source
    in ~/.cache/mesos-bakery: about 15 minutes on two cores, and 12 GB of disk space`

export const command = defineCommand({
  name: 'test',
  summary: 'install what the tests need; npm test runs this first',
  options: yesOption,
  examples: [['', 'install what is missing, then run the tests']],
  run: async given => {
    const packages = missingDevDependencies().length > 0
    const programs = (await setup('ignore', '--check')) !== 0
    if (!packages && !programs) return
    const missing = [...(packages ? [devDependencies] : []), ...(programs ? [tools] : [])]
    say(`The tests need the following, which will be installed once:\n${missing.join('\n')}`)
    await askToGoOn('\nInstall it?', given.yes || nobodyToAsk())
    // Only adds packages, because this process uses the installed ones.
    if (packages)
      await succeed('npm install', run('npm', 'install', '--include=dev', '--ignore-scripts', '--no-save'))
    if (programs) await succeed('.ci/setup', setup(2))
  },
})

/** True in CI, without a terminal, and after `npm test --yes`. */
function nobodyToAsk(): boolean {
  return Boolean(env().CI) || env().npm_config_yes === 'true' || !process.stdin.isTTY || !process.stderr.isTTY
}

async function run(program: string, ...args: readonly string[]): Promise<number | null> {
  const [code] = await once(spawn(program, args, { stdio: ['ignore', 2, 2] }), 'exit')
  return code
}

async function succeed(what: string, ended: Promise<number | null>): Promise<void> {
  const code = await ended
  if (code !== 0) throw new Stopped(`${what} failed with exit code ${code}; see its output above`)
}

if (isProgram(import.meta.url)) await main(command)
