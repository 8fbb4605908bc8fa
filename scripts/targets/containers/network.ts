import type { Step } from '../../plan/step.ts'
import { removal } from '../../plan/step.ts'

// The network of a cluster in containers: a subnet that nobody else uses, with an address for each node.

/** Makes the network. */
export interface CreateNetwork extends Step {
  readonly action: 'create'
  readonly kind: 'network'
  readonly subnet: string
}

/** Name of the network of a cluster. */
export function networkName(cluster: string): string {
  return `mesos-bakery-${cluster}`
}

/** The step that makes a cluster's network. */
export function createNetwork(cluster: string, subnet: string): CreateNetwork {
  const name = networkName(cluster)
  const says = { sign: '+', title: 'network', detail: subnet } as const
  return { id: `network ${name}`, needs: [], action: 'create', kind: 'network', name, subnet, says }
}

/** The step that deletes a network, once the containers in it are gone. */
export function deleteNetwork(name: string, after: readonly Step[]) {
  return { ...removal('network', name, name, after), id: `network ${name}` }
}

/** Seats have every second address from .4 on; followers have those from .128 on. */
const firstOfSeats = 4
const firstOfFollowers = 128
const lastOfFollowers = 254

/** The most leaders that have room below the followers. */
export const mostLeaders = 61

/** The most followers: while each has an address, another must be left for the machine that takes its place. */
export const mostFollowers = 60

/** The address of a seat, whichever machine holds it, as on EC2, where a seat keeps its network interface. */
export function seatAddress(subnet: string, seat: number): string {
  return addressIn(subnet, firstOfSeats + 2 * (seat - 1))
}

/** The hardware address that goes with an address, so that neighbours find the next machine that has it. */
export function hardwareAddress(address: string): string {
  const bytes = address.split('.').map(byte => Number(byte).toString(16).padStart(2, '0'))
  return ['02', '42', ...bytes].join(':')
}

/** The addresses of all seats. */
export function joinAddresses(subnet: string, leaders: number): readonly string[] {
  return Array.from({ length: leaders }, (_, index) => seatAddress(subnet, index + 1))
}

/**
 * The addresses that a new follower may have. They are given, not left to the engine, which would give a machine
 * another one when it starts again: an agent is known by its address.
 */
export function followerAddresses(subnet: string, taken: readonly string[]): readonly string[] {
  const all = Array.from({ length: lastOfFollowers - firstOfFollowers + 1 }, (_, index) =>
    addressIn(subnet, firstOfFollowers + index),
  )
  return all.filter(address => !taken.includes(address))
}

/** The address of the engine's end of the network. */
export function gatewayOf(subnet: string): string {
  return addressIn(subnet, 1)
}

function addressIn(subnet: string, host: number): string {
  return subnet.replace(/\d+\/\d+$/, String(host))
}

/**
 * A /24 that overlaps none of those in use, the same for the same cluster as long as it is free.
 *
 * @throws Error when 256 subnets are taken
 */
export function freeSubnet(cluster: string, used: readonly string[]): string {
  const start = [...cluster].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 256, 7)
  const all = Array.from({ length: 256 }, (_, step) => `10.213.${(start + step) % 256}.0/24`)
  const free = all.find(subnet => !used.some(other => overlap(subnet, other)))
  if (free === undefined) throw new Error('every subnet of 10.213.0.0/16 is in use on this machine')
  return free
}

/** Whether two IPv4 subnets have an address in common. */
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
