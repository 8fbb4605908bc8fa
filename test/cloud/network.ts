import { hostSubnets } from '../../scripts/targets/containers/engine/network.ts'
import { overlap } from '../../scripts/targets/containers/network.ts'
import { podman, tryPodman } from '../harness/podman.ts'
import { runProgram } from '../harness/programs.ts'

/** The network of the machines, which holds all subnets of the account, which connects them. */
interface Network {
  readonly name: string
  /** A /16, such as `10.20`. */
  readonly prefix: string
  /** The address of this computer in the network. */
  readonly gateway: string
  remove(): Promise<void>
}

/** Where instances find their metadata. */
export const METADATA_ADDRESS = '169.254.169.254'

/**
 * Creates a network with an unused /16. Packets to the metadata service are redirected to the gateway, so that the
 * address does not exist outside of the network.
 *
 * @param label a label for the network and a container, `key=value`
 * @param image any image
 */
export async function createNetwork(label: string, image: string): Promise<Network> {
  const prefix = freePrefix()
  const [name, gateway] = [`mesos-bakery-ec2-${prefix.replace('.', '-')}`, `${prefix}.0.1`]
  const subnet = `${prefix}.0.0/16`
  const place = ['--subnet', subnet, '--gateway', gateway]
  await podman('network', 'rm', '--force', name)
  await podman('network', 'create', '--disable-dns', ...place, '--label', label, name)
  // This computer has the address of the gateway only while a container is connected.
  const router = ['--name', `${name}-router`, '--network', name, '--ip', `${prefix}.0.2`, '--label', label]
  await podman('run', '--detach', ...router, image, 'sleep', 'infinity')
  const rule = [
    ...['PREROUTING', '--source', subnet, '--destination', METADATA_ADDRESS],
    ...['--protocol', 'tcp', '--dport', '80', '--jump', 'DNAT', '--to-destination', `${gateway}:80`],
  ]
  if (!natRule('--check', rule)) natRule('--append', rule)
  return {
    name,
    prefix,
    gateway,
    async remove() {
      natRule('--delete', rule)
      await tryPodman('network', 'rm', '--force', name)
    },
  }
}

function freePrefix(): string {
  const used = hostSubnets()
  const all = Array.from({ length: 20 }, (_, index) => `10.${20 + index}`)
  const free = all.find(prefix => !used.some(subnet => overlap(`${prefix}.0.0/16`, subnet)))
  if (free === undefined) throw new Error('10.20.0.0 to 10.39.0.0 are in use on this computer')
  return free
}

function natRule(verb: string, rule: readonly string[]): boolean {
  return runProgram('iptables', ['--wait', '--table', 'nat', verb, ...rule]).code === 0
}
