import type { Step } from '../../plan/step.ts'
import { removal } from '../../plan/step.ts'

// The network of a cluster in containers: an unused subnet with an address for each node.

/** Creates the network. */
export interface CreateNetwork extends Step {
  readonly action: 'create'
  readonly kind: 'network'
  readonly subnet: string
}

/** The name of a cluster's network. */
export function networkName(cluster: string): string {
  return `mesos-bakery-${cluster}`
}

/** The step that creates a cluster's network. */
export function createNetwork(cluster: string, subnet: string): CreateNetwork {
  const name = networkName(cluster)
  const says = { sign: '+', title: 'network', detail: subnet } as const
  return { id: `network ${name}`, needs: [], action: 'create', kind: 'network', name, subnet, says }
}

/** The step that deletes a network after its containers are deleted. */
export function deleteNetwork(name: string, after: readonly Step[]) {
  return { ...removal('network', name, name, after), id: `network ${name}` }
}

/** Seats have every second address from .4; followers have the addresses from .128. */
const firstOfSeats = 4
const firstOfFollowers = 128
const lastOfFollowers = 254

/** The maximum number of leaders with an address below those of the followers. */
export const mostLeaders = 61

/** The maximum number of followers: each needs a second address for its replacement. */
export const mostFollowers = 60

/** The address of a seat. It belongs to the seat, not to its machine, like the network interface of a seat on EC2. */
export function seatAddress(subnet: string, seat: number): string {
  return addressIn(subnet, firstOfSeats + 2 * (seat - 1))
}

/** The MAC address for an IP address, so that neighbors reach the next machine with that address. */
export function hardwareAddress(address: string): string {
  const bytes = address.split('.').map(byte => Number(byte).toString(16).padStart(2, '0'))
  return ['02', '42', ...bytes].join(':')
}

/** The addresses of all seats. */
export function joinAddresses(subnet: string, leaders: number): readonly string[] {
  return Array.from({ length: leaders }, (_, index) => seatAddress(subnet, index + 1))
}

/**
 * The addresses available for a new follower. They are assigned explicitly, because the engine would assign a different
 * address after a restart, and Mesos identifies an agent by its address.
 */
export function followerAddresses(subnet: string, taken: readonly string[]): readonly string[] {
  const all = Array.from({ length: lastOfFollowers - firstOfFollowers + 1 }, (_, index) =>
    addressIn(subnet, firstOfFollowers + index),
  )
  return all.filter(address => !taken.includes(address))
}

/** The address of the gateway. */
export function gatewayOf(subnet: string): string {
  return addressIn(subnet, 1)
}

function addressIn(subnet: string, host: number): string {
  return subnet.replace(/\d+\/\d+$/, String(host))
}

/**
 * An unused /24. The same cluster always gets the same subnet while it is unused.
 *
 * @throws Error if all 256 subnets are used
 */
export function freeSubnet(cluster: string, used: readonly string[]): string {
  const start = [...cluster].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 256, 7)
  const all = Array.from({ length: 256 }, (_, step) => `10.213.${(start + step) % 256}.0/24`)
  const free = all.find(subnet => !used.some(other => overlap(subnet, other)))
  if (free === undefined) throw new Error('every subnet of 10.213.0.0/16 is in use on this machine')
  return free
}

/** Whether two IPv4 subnets overlap. */
export function overlap(a: string, b: string): boolean {
  const [first, second] = [parse(a), parse(b)]
  const bits = Math.min(first.bits, second.bits)
  const size = 2 ** (32 - bits)
  return Math.floor(first.address / size) === Math.floor(second.address / size)
}

function parse(subnet: string): { address: number; bits: number } {
  const [address = '', bits = '32'] = subnet.split('/')
  return {
    address: address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0),
    bits: Number(bits),
  }
}
