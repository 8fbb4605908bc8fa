import { writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import {
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  ModifyInstanceAttributeCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { ListInstanceProfilesCommand, ListRolesCommand } from '@aws-sdk/client-iam'
import { awsEnv } from './aws.ts'
import type { Cloud } from './cloud.ts'
import { type How, type Ran, run } from './command.ts'

/** A cluster of a test: its inventory file, and the commands for it. */
export interface Trial {
  readonly name: string
  readonly file: string
  /** Runs a command of the product with this inventory, against the stand-in. */
  readonly run: (command: string, args?: readonly string[], how?: How) => Promise<Ran>
}

const folder = await mkdtemp(join(tmpdir(), 'mesos-bakery-'))

/** Writes the inventory of a trial: by default, three leaders and two pools. */
export function startTrial(cloud: Cloud, name: string, text = inventoryText(cloud, name)): Trial {
  const file = join(folder, `${name}.yaml`)
  writeFileSync(file, text)
  return {
    name,
    file,
    run: (command, args = [], how = {}) =>
      run(command, ['--inventory', file, ...args], { env: awsEnv(cloud.proxy.url), ...how }),
  }
}

/** The inventory of a trial. `extra` is appended to it. */
export function inventoryText({ account }: Cloud, name: string, extra = ''): string {
  const [a, b, c] = account.subnets
  return `cluster: ${name}
groups:
  leaders: { vars: { mesos_mode: leader }, count: 3, subnets: [${a}, ${b}, ${c}] }
  web: { min: 2, max: 4, subnets: [${a}, ${b}] }
  batch: { min: 1, instance_type: m6g.large, subnets: [${c}] }
${extra}`
}

/** The running instances and existing resources of a cluster, as reported by the API, not by the product. */
export async function inventoryOf(cloud: Cloud, cluster: string) {
  const Filters = [{ Name: 'tag:mesos-bakery:cluster', Values: [cluster] }]
  const [instances, interfaces, groups, templates, pools, profiles, roles] = await Promise.all([
    cloud.ec2.send(new DescribeInstancesCommand({ Filters })),
    cloud.ec2.send(new DescribeNetworkInterfacesCommand({ Filters })),
    cloud.ec2.send(new DescribeSecurityGroupsCommand({ Filters })),
    cloud.ec2.send(new DescribeLaunchTemplatesCommand({ Filters })),
    cloud.autoScaling.send(new DescribeAutoScalingGroupsCommand({ Filters })),
    cloud.iam.send(new ListInstanceProfilesCommand({})),
    cloud.iam.send(new ListRolesCommand({})),
  ])
  const machines = (instances.Reservations ?? [])
    .flatMap(reservation => reservation.Instances ?? [])
    .filter(({ State }) => State?.Name !== 'terminated')
  const ours = (name = '') =>
    [`mesos-bakery-us-east-1-${cluster}`, `mesos-bakery-us-east-1-${cluster}.ldr`].includes(name)
  return {
    machines,
    leaders: machines.filter(({ Tags }) => Tags?.some(({ Key }) => Key === 'mesos-bakery:seat')),
    interfaces: interfaces.NetworkInterfaces ?? [],
    groups: groups.SecurityGroups ?? [],
    templates: templates.LaunchTemplates ?? [],
    pools: pools.AutoScalingGroups ?? [],
    profiles: (profiles.InstanceProfiles ?? []).filter(one => ours(one.InstanceProfileName)),
    roles: (roles.Roles ?? []).filter(one => ours(one.RoleName)),
  }
}

/** The seats of leaders, in order. */
export function seatsOf(leaders: Awaited<ReturnType<typeof inventoryOf>>['leaders']): readonly string[] {
  return leaders.map(({ Tags }) => Tags?.find(({ Key }) => Key === 'mesos-bakery:seat')?.Value ?? '').sort()
}

/** Terminates the instance of a seat from outside, after removing its protection as a user would have to. */
export async function endLeader(cloud: Cloud, cluster: string, seat: number): Promise<string> {
  const { leaders } = await inventoryOf(cloud, cluster)
  const InstanceId = leaders.find(one => seatsOf([one])[0] === String(seat))?.InstanceId ?? ''
  const lift = { InstanceId, DisableApiTermination: { Value: false } }
  await cloud.ec2.send(new ModifyInstanceAttributeCommand(lift))
  await cloud.ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }))
  return InstanceId
}

const writes = /^(RunInstances|Create|Authorize|Revoke|Put|Add|Update|Modify|Delete|Terminate|Remove)/

/** Counts the resources of a cluster: seats, pools, and all others. */
export async function isWhole(cloud: Cloud, name: string) {
  const { leaders, interfaces, pools, groups, templates, profiles, roles } = await inventoryOf(cloud, name)
  return {
    seats: seatsOf(leaders),
    interfaces: interfaces.length,
    pools: pools.length,
    groups: groups.length,
    templates: templates.length,
    profiles: profiles.length,
    roles: roles.length,
  }
}

/** The result of `isWhole` for a cluster that exists exactly once. */
export const whole = {
  seats: ['1', '2', '3'],
  interfaces: 3,
  pools: 2,
  groups: 2,
  templates: 4,
  profiles: 2,
  roles: 2,
}

/** The result of `isWhole` for a cluster that was completely deleted. */
export const gone = { seats: [], interfaces: 0, pools: 0, groups: 0, templates: 0, profiles: 0, roles: 0 }

/** Runs a launch that must be refused, and checks that nothing was written. */
export async function refused(
  cloud: Cloud,
  name: string,
  text: string,
  args: readonly string[] = [],
  env = awsEnv(cloud.proxy.url),
) {
  const before = cloud.proxy.calls.length
  const ran = await startTrial(cloud, name, text).run('launch', ['--yes', ...args], { env })
  const written = cloud.proxy.calls
    .slice(before)
    .filter(({ action, params }) => writes.test(action) && params.DryRun !== 'true')
    .map(({ action }) => action)
  return { ...ran, written }
}
