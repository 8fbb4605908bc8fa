import { networkInterfaces } from 'node:os'
import { label } from '../container.ts'
import { type CreateNetwork, gatewayOf } from '../network.ts'
import { networkFlags } from './dialect.ts'
import { call, type Engine, unlessGone } from './engine.ts'

interface Network {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly subnets: readonly string[]
}

/** Observes all networks of the engine. */
export async function observeNetworks(engine: Engine): Promise<readonly Network[]> {
  const ids = await call(engine, 'network', 'ls', '--quiet')
  if (ids === '') return []
  const inspected = JSON.parse(await call(engine, 'network', 'inspect', ...ids.split('\n')))
  return (inspected as InspectedNetwork[]).map(network => ({
    name: network.name ?? network.Name ?? '',
    labels: network.labels ?? network.Labels ?? {},
    subnets: [
      ...(network.subnets ?? []).map(({ subnet }) => subnet),
      ...(network.IPAM?.Config ?? []).map(({ Subnet }) => Subnet),
    ].filter(subnet => !subnet.includes(':')),
  }))
}

/** Podman uses the lower-case keys, Docker the others. */
interface InspectedNetwork {
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly subnets?: readonly { readonly subnet: string }[] | null
  readonly Name?: string
  readonly Labels?: Readonly<Record<string, string>>
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet: string }[] | null }
}

/** The IPv4 subnets of this machine. */
export function hostSubnets(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .flatMap(({ family, cidr }) => (family === 'IPv4' && cidr !== null ? [cidr] : []))
}

/** Creates the network of a cluster. */
export async function makeNetwork(
  engine: Engine,
  cluster: string,
  { name, subnet }: CreateNetwork,
): Promise<string> {
  const place = ['--subnet', subnet, '--gateway', gatewayOf(subnet)]
  const flags = [...networkFlags(engine.name), ...place, '--label', `${label.cluster}=${cluster}`]
  await call(engine, 'network', 'create', ...flags, name)
  return subnet
}

/** Removes a network. */
export async function removeNetwork(engine: Engine, name: string): Promise<void> {
  await unlessGone(call(engine, 'network', 'rm', name))
}
