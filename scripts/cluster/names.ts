/** Name of a seat: its machine's host name, and its name in Consul's DNS, whichever machine holds it. */
export function seatName(cluster: string, seat: number): string {
  return `${cluster}-leader-${seat}`
}

/** Name of a group's launch template, and of a pool's Auto Scaling group and its user-data. */
export function groupName(cluster: string, group: string): string {
  return `${cluster}-${group}`
}

/** Name of the security group of a role. */
export function securityGroupName(cluster: string, role: string): string {
  return `mesos-bakery-${cluster}-${role}`
}

/**
 * Name of the instance profile that launch creates for a role of nodes, and of its IAM role. It contains the Region,
 * because IAM is global. The name of a cluster contains no dot, and the name of an IAM role has at most 64 characters.
 */
export function profileName(region: string, cluster: string, role: 'leader' | 'follower'): string {
  return `mesos-bakery-${region}-${cluster}${role === 'leader' ? '.ldr' : ''}`
}

/** Name of the launch template that exists while a rolling update runs. */
export function rollName(cluster: string): string {
  return `mesos-bakery/${cluster}/roll`
}

/** Name of the launch template that stores the claim. The launch template of a group cannot have this name. */
export function claimName(cluster: string): string {
  return `mesos-bakery/${cluster}/claim`
}
