import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EC2Client } from '@aws-sdk/client-ec2'
import { hardwareAddress } from '../../scripts/targets/containers/network.ts'
import { clientConfig } from '../harness/aws.ts'
import { bakedImage } from '../harness/baked.ts'
import { type Cloud, startCloud } from '../harness/cloud.ts'
import { hook } from '../harness/faults.ts'
import { isAlive } from '../harness/local-cluster.ts'
import { podman, tryPodman } from '../harness/podman.ts'
import { ENDPOINT_NAMES, makeCertificate, tlsEndpoint } from './endpoint.ts'
import { type Hypervisor, startHypervisor } from './hypervisor.ts'
import { observeKey, observeUserData } from './instances.ts'
import { killMachine, type MachineRoom, readConsoleOf, removeMachines } from './machine.ts'
import { metadataService } from './metadata.ts'
import { createNetwork, METADATA_ADDRESS } from './network.ts'

/** A double of EC2 whose instances boot: moto answers the API, and each instance is a container. */
export interface BootingCloud extends Cloud {
  readonly machines: Machines
}

interface Machines extends Pick<Hypervisor, 'neverBoots' | 'settle'> {
  /** The address of this computer in the network of the instances. */
  readonly gateway: string
  /** Changes what GetConsoleOutput returns for an instance. */
  readonly consoles: Map<string, (text: string) => string>
  /** The console of an instance, as it is. */
  readonly consoleOf: (id: string) => Promise<string>
  /** Cuts the power of an instance. The API still describes it as running. */
  readonly kill: (id: string) => Promise<void>
}

/** How cloud-init finds the metadata service from a container, which it does not recognize as EC2. */
const dataSource = `datasource_list: [Ec2]
datasource: { Ec2: { strict_id: false, metadata_urls: ['http://${METADATA_ADDRESS}'] } }
`

const KEY = 'mesos-bakery.test-cloud'
const LABEL = `${KEY}=${process.pid}`

/** Starts the cloud, with the image that tests bake. `stop` removes every machine. */
export async function startBootingCloud(): Promise<BootingCloud> {
  await sweep()
  const image = await bakedImage()
  const folder = await mkdtemp(join(tmpdir(), 'mesos-bakery-cloud-'))
  const network = await createNetwork(LABEL, image)
  const cloud = await startCloud(network.prefix)
  const certificate = makeCertificate(folder)
  const room: MachineRoom = {
    image,
    folder,
    network: network.name,
    label: LABEL,
    flags: [
      ...ENDPOINT_NAMES.map(name => `--add-host=${name}:${network.gateway}`),
      `--volume=${certificate.file}:/etc/ssl/certs/ca-certificates.crt:ro`,
      `--volume=${await dataSourceFile(folder)}:/etc/cloud/cloud.cfg.d/99-data-source.cfg:ro`,
    ],
  }
  const ec2 = new EC2Client(clientConfig(cloud.moto.url))
  const hypervisor = startHypervisor(room, ec2, error => process.stderr.write(`test cloud: ${error}\n`))
  const metadata = metadataService(async address => {
    const instance = hypervisor.at(address)
    if (instance === undefined) return undefined
    const [userData, publicKey] = await Promise.all([
      observeUserData(ec2, instance.id),
      observeKey(ec2, instance),
    ])
    return { instance, userData, publicKey, hardwareAddress: hardwareAddress(address) }
  })
  const endpoint = tlsEndpoint(certificate, cloud.proxy.url)
  await Promise.all([listen(metadata, network.gateway, 80), listen(endpoint, network.gateway, 443)])
  const consoles: Machines['consoles'] = new Map()
  const consoleOf = (id: string) => readConsoleOf(room, id)
  cloud.proxy.fault(
    hook('GetConsoleOutput', async ({ params: { InstanceId = '' } }) => {
      const text = await consoleOf(InstanceId)
      await cloud.proxy.consoles({ texts: { [InstanceId]: consoles.get(InstanceId)?.(text) ?? text } })
    }),
  )
  // EC2 describes an instance as stopped only once it has shut down.
  cloud.proxy.fault(hook('StartInstances', hypervisor.settle))
  return {
    ...cloud,
    machines: {
      gateway: network.gateway,
      consoles,
      consoleOf,
      kill: killMachine,
      neverBoots: hypervisor.neverBoots,
      settle: hypervisor.settle,
    },
    async stop() {
      await hypervisor.stop()
      await removeMachines(LABEL)
      for (const server of [metadata, endpoint]) server.close()
      await cloud.stop()
      await network.remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Removes the machines of processes that have ended. */
async function sweep(): Promise<void> {
  const filter = ['--all', '--filter', `label=${KEY}`]
  const pids = await podman('ps', ...filter, '--format', `{{index .Labels "${KEY}"}}`)
  for (const pid of new Set(pids.split('\n').filter(pid => pid !== ''))) {
    if (isAlive(Number(pid))) continue
    await removeMachines(`${KEY}=${pid}`)
    await tryPodman('network', 'prune', '--force', '--filter', `label=${KEY}=${pid}`)
  }
}

async function dataSourceFile(folder: string): Promise<string> {
  const file = join(folder, 'data-source.cfg')
  await writeFile(file, dataSource)
  return file
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}
