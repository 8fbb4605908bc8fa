import type { Cluster, Node } from '../../cluster/cluster.ts'

/** The labels by which containers and networks are found again, as EC2's machines are by their tags. */
export const label = {
  cluster: 'mesos-bakery.cluster',
  group: 'mesos-bakery.group',
  seat: 'mesos-bakery.seat',
  leaders: 'mesos-bakery.leaders',
  userData: 'mesos-bakery.user-data',
  address: 'mesos-bakery.address',
  /** Of the image that a container was started from. The image has a label of its own under another name. */
  startedFrom: 'mesos-bakery.started-from',
} as const

/** Name of the network of a cluster. */
export function networkName(cluster: string): string {
  return `mesos-bakery-${cluster}`
}

/** What the container of a node carries. */
export function labelsOf(
  cluster: Cluster,
  node: Node,
  made: { readonly image: string; readonly sha256: string; readonly address: string },
): Readonly<Record<string, string>> {
  return {
    ...cluster.tags,
    [label.cluster]: cluster.name,
    [label.group]: node.group,
    [label.userData]: made.sha256,
    [label.startedFrom]: made.image,
    ...(node.kind === 'seat' && {
      [label.seat]: String(node.seat),
      [label.leaders]: String(cluster.seats.length),
    }),
    [label.address]: made.address,
  }
}
