import type { Node, Seat } from '../../cluster/cluster.ts'
import { holdsSeat } from '../ec2/actual.ts'
import type { Container } from './container.ts'
import type { LocalFacts } from './container-facts.ts'
import type { LaunchContainer, LocalStep } from './container-step.ts'
import { labelsOf, networkName } from './labels.ts'
import { joinAddresses, seatAddress } from './network.ts'

/** A launch for every seat that has no container, a start for every one whose container stands still. */
export function seatSteps(
  facts: LocalFacts,
  subnet: string,
  needs: readonly LocalStep[],
): readonly LocalStep[] {
  return facts.cluster.seats.flatMap(seat => {
    const present = facts.actual.containers.filter(container => container.seat === seat.seat)
    const holder = present.find(holdsSeat)
    if (holder?.state === 'stopped') return [startStep('seat', holder)]
    return holder === undefined ? [seatStep(facts, seat, { subnet, needs, instead: present })] : []
  })
}

/** The launch of a seat in the place of the containers that hold it, or held it. */
export function seatStep(
  facts: LocalFacts,
  seat: Seat,
  { subnet, needs, instead }: { subnet: string; needs: readonly LocalStep[]; instead: readonly Container[] },
): LocalStep {
  const address = seatAddress(subnet, seat.seat)
  const { values } = seat
  return {
    id: `seat ${seat.name}`,
    needs: needs.map(({ id }) => id),
    kind: 'seat',
    seat: seat.seat,
    ports: [values.mesos_leader_port, ...(values.marathon_enabled ? [values.marathon_http_port] : [])],
    ...launchOf(facts, seat, { name: seat.name, subnet, address, instead }),
  }
}

/** What launches of seats and of followers have in common. */
export function launchOf(
  { cluster, userData, image }: LocalFacts,
  node: Node,
  place: {
    readonly name: string
    readonly subnet: string
    readonly address: string
    readonly instead: readonly Container[]
  },
): Omit<LaunchContainer, 'kind' | 'seat' | 'ports'> {
  const { bytes = 0, sha256 = '' } = userData.get(node.name) ?? {}
  const replaces = place.instead.some(holdsSeat)
  return {
    action: replaces ? 'replace' : 'launch',
    name: place.name,
    group: node.group,
    image,
    network: networkName(cluster.name),
    address: place.address,
    node: node.name,
    join: joinAddresses(place.subnet, cluster.seats.length),
    labels: labelsOf(cluster, node, { image, sha256, address: place.address }),
    userData: { bytes, sha256 },
    after: place.instead.map(({ id }) => id),
    reasons: [],
  }
}

export function startStep(kind: 'seat' | 'follower', { id, name }: Container): LocalStep {
  return { id: `${kind} ${name}`, needs: [], action: 'start', kind, name, target: id }
}

/** In what a container is older than the inventory asks. */
export function reasonsOf(
  { userData, image }: LocalFacts,
  node: string,
  container: Container,
): readonly string[] {
  return [
    container.userData === userData.get(node)?.sha256 ? '' : 'other user-data',
    container.image === image ? '' : `image ${tagOf(container.image)} → ${tagOf(image)}`,
  ].filter(reason => reason !== '')
}

function tagOf(image: string): string {
  return image.replace(/^.*[/:](?=[^:/]+$)/, '')
}
