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

/** A real ZooKeeper on loopback, at port 2181. */
export interface ZooKeeper {
  readonly address: string
  /** Starts it, again after a `stop`, with what it had then. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Stops it and takes its folder away. */
  remove(): Promise<void>
}

const JAR = '/usr/share/java/zookeeper.jar'

/** Why ZooKeeper can't be run here, for a test to skip with; undefined when it can. */
export function zooKeeperMissing(): string | undefined {
  return existsSync(JAR) ? undefined : `${JAR} is missing: run .ci/setup`
}

/** Starts Debian's ZooKeeper, alone, and waits until it serves. It ends with this process. */
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

/** With a short tick a session may be short too, and it shouldn't end because the disk is busy. */
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
