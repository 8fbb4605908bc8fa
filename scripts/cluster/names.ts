import { createHash } from 'node:crypto'

/** Name of a seat: its machine's host name and its Consul node name, whichever machine holds it. */
export function seatName(cluster: string, seat: number): string {
  return `${cluster}-leader-${seat}`
}

/** Name of a group's launch template, and of a pool's Auto Scaling group and its user-data. */
export function groupName(cluster: string, group: string): string {
  return `${cluster}-${group}`
}

/**
 * Consul's node id of a seat, the same for every machine that ever holds it. With an id of its own, a
 * replacement waits about a minute until the name of the seat is free.
 */
export function seatNodeId(cluster: string, seat: number): string {
  const hash = createHash('sha256').update(`mesos-bakery/${cluster}/leader/${seat}`).digest('hex')
  // Version 8 and variant 1 of RFC 9562: an id made by a rule of our own.
  const id = `${hash.slice(0, 12)}8${hash.slice(13, 16)}a${hash.slice(17, 32)}`
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Name of the security group of a role. */
export function securityGroupName(cluster: string, role: string): string {
  return `mesos-bakery-${cluster}-${role}`
}

/** Name of the instance profile that we make, and of its role. IAM knows no regions, so the name does. */
export function profileName(region: string, cluster: string): string {
  return `mesos-bakery-${region}-${cluster}`
}
