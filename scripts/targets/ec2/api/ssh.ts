import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Path } from '../../../inventory/problem-path.ts'
import { Refused } from '../../../inventory/problems.ts'
import type { SshSettings } from '../../../inventory/ssh-settings.ts'
import { type Env, findProgram } from '../../../programs/run-program.ts'
import { type Destination, explainSsh, hostKeysOn, knownHosts, sshArguments } from '../ssh.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'

/** A destination whose host keys are known. */
export interface Verified extends Destination {
  readonly hostKeys: readonly string[]
}

/** The last 64 KB of the console of an instance. Without the Nitro System, as it was soon after the instance booted. */
export async function consoleOf(aws: Aws, id: string): Promise<string> {
  const ec2 = await aws.ec2()
  const read = (latest: object) => ec2.getConsoleOutput({ InstanceId: id, ...latest })
  const { Output = '' } = await unless(/^UnsupportedOperation$/, read({ Latest: true }), () => read({}))
  return Buffer.from(Output, 'base64').toString()
}

/**
 * Looks up the address of an instance, and its host keys on its console.
 *
 * @throws Refused if it is not running or its console shows no host key
 */
export async function verify(aws: Aws, node: string, id: string, ssh: SshSettings): Promise<Verified> {
  const ec2 = await aws.ec2()
  const [{ Reservations = [] }, console] = await Promise.all([
    ec2.describeInstances({ InstanceIds: [id] }),
    consoleOf(aws, id),
  ])
  const { PrivateIpAddress: address, State } = Reservations[0]?.Instances?.[0] ?? {}
  const refuse = (message: string, help: string): never => {
    throw new Refused([{ path: Path.outside(node), message, help }])
  }
  if (address === undefined || State?.Name !== 'running')
    return refuse(`is ${State?.Name ?? 'not visible yet'}`, 'see npm run status')
  const hostKeys = hostKeysOn(console)
  if (hostKeys.length === 0) {
    const help = `if it has just started, try again in a minute; to see its console, run npm run logs -- --node ${node} --boot`
    return refuse('its console does not show a host key yet, so the connection could not be verified', help)
  }
  return { node, id, address, ssh, hostKeys }
}

interface Session {
  readonly env: Env
  readonly tell: (text: string) => void
  /** Of ssh, in addition to those that every connection has. */
  readonly flags: readonly string[]
  readonly command?: string | undefined
  /** File descriptors to use instead of the input and the output of this process. */
  readonly input?: number
  readonly output?: number
}

/**
 * Runs ssh on the terminal of this process, and returns its exit code.
 *
 * @throws Refused if it does not connect and the reason is known
 */
export async function runSsh(
  to: Verified,
  { env, tell, flags, command, input, output }: Session,
): Promise<number> {
  const program = findProgram('ssh', env)
  if (program === undefined) {
    const help = 'install the OpenSSH client (on Debian, apt-get install openssh-client)'
    throw new Refused([{ path: Path.outside('PATH'), message: 'ssh not found', help }])
  }
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-ssh-'))
  const files = { knownHosts: join(folder, 'known_hosts'), log: join(folder, 'log') }
  writeFileSync(files.log, '')
  writeFileSync(files.knownHosts, knownHosts(to.id, to.hostKeys))
  const args = [...sshArguments(to, files, flags), ...(command === undefined ? [] : [command])]
  const child = spawn(program, args, { stdio: [input ?? 'inherit', output ?? 'inherit', 'inherit'] })
  process.once('exit', () => {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  const [code] = await once(child, 'exit')
  const log = readFileSync(files.log, 'utf8')
  const problem = code === 255 ? explainSsh(log, to) : undefined
  if (problem !== undefined) throw new Refused([problem])
  if (log !== '') tell(log.trimEnd())
  return code ?? 1
}

/** A port of the instance, and the port on this machine that leads to it. */
export interface Forward {
  readonly port: number
  readonly local: number
}

/**
 * Forwards ports of this machine to ports of an instance, until the connection ends.
 *
 * @param opened is called when the ports accept connections
 */
export async function runTunnel(
  to: Verified,
  forwards: readonly Forward[],
  { env, tell }: Pick<Session, 'env' | 'tell'>,
  opened: () => void,
): Promise<number> {
  const flags = forwards.flatMap(({ port, local }) => ['-L', `127.0.0.1:${local}:${to.address}:${port}`])
  let ended = false
  const run = runSsh(to, { env, tell, flags: ['-N', '-o', 'ExitOnForwardFailure=yes', ...flags] }).finally(
    () => {
      ended = true
    },
  )
  const open = async () => {
    while (!ended) {
      if (await accepts(forwards[0]?.local ?? 0)) return opened()
      await sleep(100)
    }
  }
  const [code] = await Promise.all([run, open()])
  return code
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Ports of this machine that are free. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map(server => once(server, 'listening')))
  const ports = servers.map(server => (server.address() as AddressInfo).port)
  for (const server of servers) server.close()
  return ports
}
