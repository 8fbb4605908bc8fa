/** The tags by which the resources of a cluster are found. There is no state file. */
export const tag = {
  cluster: 'mesos-bakery:cluster',
  group: 'mesos-bakery:group',
  /** Only on leaders, with the name of the cluster. Consul agents find the servers by this tag. */
  join: 'mesos-bakery:join',
  /** The number of a leader's seat. */
  seat: 'mesos-bakery:seat',
  /** N of the cluster that a leader was launched for. */
  leaders: 'mesos-bakery:leaders',
  /** On leaders that were launched with a claim. Leaders of earlier releases do not have it. */
  claimed: 'mesos-bakery:claimed',
  /** On the claim, after every seat has had a machine. After that, an empty seat has lost its state. */
  formed: 'mesos-bakery:formed',
  /** `leader` or `follower`, on a security group. */
  role: 'mesos-bakery:role',
  /** SHA-256 of the user data that a machine booted with. */
  userData: 'mesos-bakery:user-data',
  image: 'mesos-bakery:image',
  /** On a leader that was restarted to move to another host: the IDs of the scheduled events that were the reason. */
  restartedFor: 'mesos-bakery:restarted-for',
  /** On an instance that proves a version of its launch template before its pool uses it: the version. */
  canary: 'mesos-bakery:canary',
  /** On a pool that a rolling update has enlarged: its size before. */
  size: 'mesos-bakery:size',
  /** On the lock of a rolling update: who holds it. */
  rolledBy: 'mesos-bakery:rolled-by',
  /** On the lock of a rolling update: when it was taken, and when its holder last showed that it is alive. */
  since: 'mesos-bakery:since',
  alive: 'mesos-bakery:alive',
  /** On the lock of a rolling update: the last step. */
  progress: 'mesos-bakery:progress',
} as const

/** The tags of the resources of a bake: the image, its snapshots, and temporary resources. */
export const imageTag = {
  name: 'mesos-bakery:image-name',
  fingerprint: 'mesos-bakery:fingerprint',
  /** The version of mesos-bakery. */
  version: 'mesos-bakery:version',
  /** The image that it was baked from. */
  base: 'mesos-bakery:base-image',
  /**
   * The bake that created a resource. When that bake has ended, resources with this tag that belong to no proven image
   * can be deleted.
   */
  run: 'mesos-bakery:run',
  /** The time at which the bake ended. Only on images; it is the last tag that is set. */
  proven: 'mesos-bakery:proven',
} as const
