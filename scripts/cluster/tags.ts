/** The tags by which a cluster is found again. They are its only record; there is no state file. */
export const tag = {
  cluster: 'mesos-bakery:cluster',
  group: 'mesos-bakery:group',
  /** On leaders alone, with the cluster's name: Consul's agents find the servers by it. */
  join: 'mesos-bakery:join',
  /** The number of a leader's seat. */
  seat: 'mesos-bakery:seat',
  /** N of the cluster that a leader was launched for. */
  leaders: 'mesos-bakery:leaders',
  /** On leaders that were started by a claim; those of earlier releases lack it. */
  claimed: 'mesos-bakery:claimed',
  /** On the claim, once every seat has had its machine: from then on an empty seat has lost what it kept. */
  formed: 'mesos-bakery:formed',
  /** `leader` or `follower`, on a security group. */
  role: 'mesos-bakery:role',
  /** sha256 of the user-data that a machine booted with. */
  userData: 'mesos-bakery:user-data',
  image: 'mesos-bakery:image',
} as const

/** The tags of what a bake makes: the image, its snapshots, and what is there only while it bakes. */
export const imageTag = {
  name: 'mesos-bakery:image-name',
  fingerprint: 'mesos-bakery:fingerprint',
  /** The version of mesos-bakery. */
  version: 'mesos-bakery:version',
  /** The image that it was baked from. */
  base: 'mesos-bakery:base-image',
  /** Which bake made it. What carries it and belongs to no proven image can go once that bake is over. */
  run: 'mesos-bakery:run',
  /** When its bake came to its end: on images alone, put there last. */
  proven: 'mesos-bakery:proven',
} as const
