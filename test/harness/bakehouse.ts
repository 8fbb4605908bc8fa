import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { noAwsEnv } from './aws.ts'
import type { Ran } from './command.ts'
import { packerEnv } from './packer.ts'

/** A copy of the product in a temporary directory, with templates that a test may change and its own cache. */
export interface Bakehouse {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  /** Runs a command of the copy. */
  readonly run: (command: string, ...args: readonly string[]) => Promise<Ran>
  readonly start: (command: string, args: readonly string[], env?: NodeJS.ProcessEnv) => Started
  readonly exists: (file: string) => boolean
  readonly read: (file: string) => string
  readonly write: (file: string, text: string) => void
}

/** A command that was started, and its result. */
export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ran>
}

/** The address at which Packer finds the machine that stands in for an EC2 instance. */
export interface Reach {
  readonly sshPort: number
  readonly key: string
}

const product = ['package.json', 'tsconfig.json', 'scripts', 'cloud-init', 'packer', 'inventory.example.yaml']
const conf = fileURLToPath(new URL('containers.conf', import.meta.url))

/** Creates a bakehouse. Without `env`, its commands cannot reach any cloud. */
export function openBakehouse(env: NodeJS.ProcessEnv = noAwsEnv(), reach?: Reach): Bakehouse {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-bakehouse-'))
  for (const name of product) cpSync(name, join(folder, name), { recursive: true, verbatimSymlinks: true })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const ssh = { username: 'debian', host: '127.0.0.1', port: reach?.sshPort, key: reach?.key }
  const own = {
    ...packerEnv(env),
    NODE_ENV: 'production',
    XDG_CACHE_HOME: join(folder, 'cache'),
    CONTAINERS_CONF: conf,
    ...(reach && { PKR_VAR_ssh: JSON.stringify(ssh) }),
  }
  const start: Bakehouse['start'] = (command, args, changes = {}) => {
    const where = { cwd: folder, env: { ...own, ...changes } }
    const child = spawn('node', ['--import', 'tsx', `scripts/${command}.ts`, ...args], where)
    return { child, ended: endOf(child) }
  }
  return {
    folder,
    env: own,
    start,
    run: (command, ...args) => start(command, args).ended,
    exists: file => existsSync(join(folder, file)),
    read: file => readFileSync(join(folder, file), 'utf8'),
    write: (file, content) => writeFileSync(join(folder, file), content),
  }
}

async function endOf(child: ChildProcess): Promise<Ran> {
  if (child.stdout === null || child.stderr === null) throw new Error('started without pipes')
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { code: code ?? -1, stdout, stderr }
}

/** The processes of a bakehouse, found by their environment. */
export function processesOf({ folder }: Bakehouse): readonly string[] {
  return readdirSync('/proc').filter(pid => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`XDG_CACHE_HOME=${folder}`)
    } catch {
      return false
    }
  })
}

/** Kills only the Packer process of a bakehouse. */
export function killPacker(house: Bakehouse): void {
  for (const pid of processesOf(house)) {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'packer') process.kill(Number(pid), 'SIGKILL')
  }
}

/** Replaces all provisioners with a short one, so that a build takes only a second or two. */
export function shortBuild(house: Bakehouse, script = ''): void {
  const build = house.read('packer/build.pkr.hcl')
  const end = build.indexOf('  provisioner "file" {\n    direction')
  const head = build.slice(0, build.indexOf('  provisioner "'))
  house.write('packer/build.pkr.hcl', `${head}${oneProvisioner}${build.slice(end)}`)
  house.write('packer/provision/short.sh', `${listPackages}${script}`)
  chmodSync(join(house.folder, 'packer/provision/short.sh'), 0o755)
}

const oneProvisioner = `  provisioner "shell" {
    execute_command = local.as_root
    script          = "\${path.root}/provision/short.sh"
  }

`

/** Also done by the last of the real provisioners. */
const listPackages = `#!/bin/sh
set -e
mkdir -p /usr/share/mesos-bakery
dpkg-query --show --showformat='\${Package}\\t\${Version}\\t\${Architecture}\\n' >/usr/share/mesos-bakery/packages.tsv
`
