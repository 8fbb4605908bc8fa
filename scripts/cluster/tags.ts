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
  /** `leader` or `follower`, on a security group. */
  role: 'mesos-bakery:role',
  /** sha256 of the user-data that a machine booted with. */
  userData: 'mesos-bakery:user-data',
  image: 'mesos-bakery:image',
} as const
