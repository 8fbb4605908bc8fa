import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { boundToUs } from './bound.ts'
import { freshAddress } from './loopback.ts'
import { until } from './until.ts'

/** A real ZooKeeper on a loopback address, port 2181. */
export interface ZooKeeper {
  readonly address: string
  /** Starts it. After a `stop`, it starts with its previous data. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Stops it and deletes its directory. */
  remove(): Promise<void>
}

const JAR = '/usr/share/java/zookeeper.jar'

/** Why ZooKeeper cannot be run here, used to skip a test. Undefined if it can. */
export function zooKeeperMissing(): string | undefined {
  return existsSync(JAR) ? undefined : `${JAR} is missing: run .ci/setup`
}

/**
 * Starts the ZooKeeper of Debian as a single server, and waits until it serves requests. It exits with this process.
 */
export async function startZooKeeper(): Promise<ZooKeeper> {
  const folder = await mkdtemp(join(tmpdir(), 'zookeeper-'))
  const address = freshAddress()
  await writeFile(join(folder, 'zoo.cfg'), config(folder, address))
  let child: ChildProcess | undefined
  const start = async () => {
    child = run(folder)
    await until('ZooKeeper serves', async () => (await srvr(address)).includes('Mode: standalone'))
  }
  const stop = async () => {
    if (child) await kill(child)
    child = undefined
  }
  const remove = async () => {
    await stop()
    await rm(folder, { recursive: true, force: true })
  }
  await start()
  return { address, start, stop, remove }
}

/** A short tick time permits short sessions. The settings avoid session timeouts because of a busy disk. */
function config(folder: string, address: string): string {
  return `tickTime=250
dataDir=${folder}
clientPort=2181
clientPortAddress=${address}
maxClientCnxns=0
maxSessionTimeout=20000
admin.enableServer=false
forceSync=no
`
}

function run(folder: string): ChildProcess {
  const java = ['-Xmx64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true']
  const main = ['org.apache.zookeeper.server.quorum.QuorumPeerMain', join(folder, 'zoo.cfg')]
  const child = spawn(...boundToUs('java', [...java, '-cp', JAR, ...main]), { stdio: 'ignore' })
  child.unref()
  return child
}

async function srvr(address: string): Promise<string> {
  const socket = connect({ port: 2181, host: address, timeout: 2000 })
  socket.once('timeout', () => socket.destroy())
  await once(socket, 'connect')
  socket.write('srvr')
  return text(socket)
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
