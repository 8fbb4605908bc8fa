import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { boundToUs } from '../doubles/bound.ts'
import { freshAddress } from '../doubles/loopback.ts'
import { consul } from './consul.ts'

/** A node of a cluster with secrets whose daemons are processes of this machine. */
export interface SecuredNode {
  readonly address: string
  /** The files that the program `secrets` of the image wrote. */
  readonly store: string
  readonly read: (file: string) => string
}

/** The daemons of a cluster with secrets: real Consul agents and a real ZooKeeper, as processes of this machine. */
export class SecuredDaemons {
  readonly folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-secured-'))
  readonly #children: ChildProcess[] = []

  /** Writes the files of a node with the program of the image. */
  node(role: 'leader' | 'follower', bundle: string): SecuredNode {
    const place = join(this.folder, role)
    const store = join(place, 'store')
    mkdirSync(store, { recursive: true })
    const address = freshAddress()
    const zookeeper = [
      'ZK_DNS=127.0.0.1',
      'ZK_PORT=2181',
      'MESOS_ZK_PATH="/apps/mesos"',
      'MARATHON_ZK_PATH="/marathon"',
    ]
    const node = ['SECRETS="file:x.age"', ...(role === 'leader' ? ['SEAT=1'] : []), ...zookeeper]
    writeFileSync(join(place, 'node.env'), node.join('\n'))
    writeFileSync(join(place, 'bundle.json'), bundle)
    writeFileSync(join(place, 'agent.json'), JSON.stringify({ datacenter: 'c1', domain: 'consul' }))
    const files = {
      NODE: 'node.env',
      CONSUL: 'agent.json',
      SEED: 'bundle.json',
      STORE: 'store',
      HERE: 'store',
    }
    const places = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(place, file)]))
    runImageProgram('secrets', places)
    return { address, store, read: file => readFileSync(join(store, file), 'utf8') }
  }

  /** Starts a Consul agent. */
  consul(name: string, address: string, settings: object, ...files: readonly string[]): void {
    const data = mkdtempSync(join(this.folder, 'consul-'))
    const file = join(data, 'agent.json')
    const own = {
      bind_addr: address,
      client_addr: address,
      node_name: name,
      data_dir: data,
      datacenter: 'c1',
    }
    const usual = { retry_interval: '1s', disable_update_check: true, performance: { raft_multiplier: 1 } }
    writeFileSync(file, JSON.stringify({ ...own, ...usual, ports: { serf_wan: -1 }, ...settings }))
    this.#start(consul, ['agent', ...[file, ...files].map(one => `-config-file=${one}`)])
  }

  /** Starts a ZooKeeper server with the arguments for Java that the program `secrets` wrote. */
  zookeeper({ address, store }: SecuredNode): void {
    const config = join(this.folder, 'zoo.cfg')
    const lines = ['tickTime=500', `dataDir=${join(this.folder, 'zookeeper')}`, 'clientPort=2181']
    const others = [`clientPortAddress=${address}`, 'admin.enableServer=false', 'forceSync=no']
    writeFileSync(config, [...lines, ...others].join('\n'))
    const classes = [
      '-cp',
      '/usr/share/java/zookeeper.jar',
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
    ]
    this.#start('java', [`@${join(store, 'zookeeper.args')}`, '-Xmx64m', ...classes, config])
  }

  end(): void {
    for (const child of this.#children) child.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  #start(program: string, args: readonly string[]): void {
    this.#children.push(spawn(...boundToUs(program, [...args]), { stdio: 'ignore' }))
  }
}

/** Runs a Python program of the image with other values of its constants. Throws if it fails. */
export function runImageProgram(
  program: string,
  constants: object,
  env: Readonly<Record<string, string>> = {},
  ...args: readonly string[]
): void {
  const given = ['test/harness/image_program.py', program, JSON.stringify(constants), ...args]
  const { status, stderr } = spawnSync('python3', given, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`)
}
