import * as z from 'zod/mini'
import { targetNames } from '../targets/list.ts'
import { drainTimeout, gracePeriod } from './durations.ts'
import { jumpHost, sshOptions, sshUser } from './ssh-types.ts'
import { tags } from './tag-types.ts'
import type { Held, Type } from './types.ts'
import * as t from './types.ts'

/** A key of the inventory that isn't a variable. */
export interface Field<T = unknown> {
  readonly type: Type<T>
  readonly description: string
}

/** A mapping of the inventory after its check: every key that was given, with its type. */
export type Checked<F extends Record<string, Field>> = { readonly [K in keyof F]?: Held<F[K]['type']> }

function field<T>(type: Type<T>, description: string): Field<T> {
  return { type, description }
}

const mapping: Type<Readonly<Record<string, unknown>>> = {
  name: 'map',
  expects: 'a map',
  schema: z.record(z.string(), z.unknown()),
}

const shaped = (name: string, expects: string, pattern: RegExp): Type<string> => ({
  name,
  expects,
  schema: z.string().check(z.regex(pattern)),
})

const listOf = <T extends string>(item: Type<T>, expects: string): Type<readonly T[]> => ({
  name: `list of ${item.name}s`,
  expects: `${expects}, without duplicates`,
  schema: z.array(item.schema).check(z.refine(items => new Set(items).size === items.length)),
  entries: { items: item, alike: (_, one) => JSON.stringify(one) },
  hint: value => (item.schema.safeParse(value).success ? `write [${value}]` : undefined),
})

const subnet = shaped('subnet', 'a subnet ID such as subnet-0a1b2c3d', /^subnet-[a-z0-9-]+$/)
const instanceType = shaped(
  'instance type',
  'an EC2 instance type such as m6i.large',
  /^[a-z0-9-]+\.[a-z0-9-]+$/,
)
const securityGroup = shaped('security group', 'a security group ID such as sg-0a1b2c3d', /^sg-[a-z0-9]+$/)
const imageId = shaped('AMI', 'an AMI ID such as ami-0a1b2c3d', /^ami-[a-z0-9]+$/)
const size: Type<number> = {
  name: 'GiB',
  expects: 'a whole number of GiB from 1 to 16384',
  schema: z.int().check(z.gte(1), z.lte(16_384)),
}
// 255 is the largest ID of a ZooKeeper server.
const leaders: Type<number> = {
  name: 'count',
  expects: 'a whole number from 0 to 255',
  schema: z.int().check(z.gte(0), z.lte(255)),
}
const region = shaped('region', 'a region such as us-east-1', /^[a-z]{2}(-[a-z]+)+-\d$/)
const architecture: Type<'amd64' | 'arm64'> = { ...t.oneOf('amd64', 'arm64'), name: 'architecture' }

type ForArchitectures = { readonly amd64?: string | undefined; readonly arm64?: string | undefined }

const forArchitectures = (item: Type<string>): Type<ForArchitectures> => ({
  name: `map of architectures to ${item.name}s`,
  expects: `a map from architectures (amd64, arm64) to ${item.expects.replace(/^an? /, '')}`,
  schema: z.strictObject({ amd64: z.optional(item.schema), arm64: z.optional(item.schema) }),
  entries: { items: item, keys: architecture },
})

const listOfMaps: Type<readonly Readonly<Record<string, unknown>>[]> = {
  name: 'list of maps',
  expects: 'a list of maps',
  schema: z.array(z.record(z.string(), z.unknown())),
  entries: { items: mapping },
}

const artifactUrl = shaped(
  'URL',
  'https://…, or file: and a path, which may be relative to the inventory',
  /^(https:\/\/[^\s/]+\/\S+|file:[^\s?#]+)$/,
)

const secretsReference = shaped(
  'secrets reference',
  'file: and the name of a file that ends with .age, such as file:cluster1.secrets.age',
  /^file:[^\s?#]{1,200}\.age$/,
)

export const inventoryFields = {
  cluster: field(
    t.name,
    'Name of the cluster. Used in the name of every resource, and as the default of `mesos_cluster`.',
  ),
  region: field(region, 'The AWS region.'),
  target: field(t.oneOf(...targetNames), 'Where the cluster runs: on EC2, or in containers on this machine.'),
  instance_profile: field(
    shaped('instance profile', 'the name of an instance profile', /^[A-Za-z0-9_+=,.@-]{1,128}$/),
    'Your own instance profile. By default, a profile is created whose role may only list instances and, on leaders, drain followers.',
  ),
  permissions_boundary: field(
    shaped('policy ARN', 'the ARN of an IAM policy', /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/\S{1,200}$/),
    'Permissions boundary of the role that is created for the machines. Ignored if `instance_profile` is set.',
  ),
  user_data_bucket: field(
    shaped('bucket', 'the name of an S3 bucket, without dots', /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/),
    'S3 bucket in the region of the cluster, for user data that exceeds the EC2 limit. Instances download it at boot.',
  ),
  secrets: field(
    secretsReference,
    'Where the secrets of the cluster are. With them, Consul and ZooKeeper accept only nodes of the cluster. `npm run secrets -- init` creates them.',
  ),
  tags: field(tags, 'Tags for every resource, in addition to the tags that mesos-bakery sets.'),
  vars: field(mapping, 'Variables for all nodes.'),
  groups: field(mapping, 'Groups of machines: one group of leaders, and any number of follower groups.'),
  drain: field(
    mapping,
    'How followers are drained before they end: tasks are stopped, and the agent leaves the cluster.',
  ),
  image: field(mapping, 'The machine image.'),
  roll: field(mapping, 'How a rolling update treats running tasks.'),
  ssh: field(mapping, 'How `logs`, `shell` and `open` reach the instances on EC2 with `ssh`.'),
} as const satisfies Record<string, Field>

export const drainFields = {
  grace: field(
    gracePeriod,
    'How long a task may take to stop before it is killed. Default: `30s`. Frameworks may set less for a task.',
  ),
  timeout: field(
    drainTimeout,
    'How long a machine waits until its agent is drained. After this time, it ends in any case. Default: `15m`.',
  ),
} as const satisfies Record<string, Field>

export const rollFields = {
  tasks: field(
    shaped('percentage', 'a percentage from 0% to 100%, such as 95%', /^(100|\d{1,2})%$/),
    'Share of the running tasks that keeps running while a pool is rolled. 95% by default.',
  ),
} as const satisfies Record<string, Field>

export const sshFields = {
  user: field(
    sshUser,
    'Required. User to log in as; `admin` on Debian. `logs` uses `sudo` if the user is not `root`.',
  ),
  jump_host: field(jumpHost, 'Host to connect through, in the form that `ssh -J` accepts.'),
  options: field(
    sshOptions,
    'Options of the OpenSSH client, as in ssh_config(5). They take precedence over your own configuration of `ssh`.',
  ),
} as const satisfies Record<string, Field>

export const imageFields = {
  name: field(
    t.name,
    'Name of the image. Its AMI ID is stored in the SSM parameter `/mesos-bakery/<name>/<architecture>`.',
  ),
  id: field(imageId, 'ID of an AMI to use. The SSM parameter is then not read.'),
  architectures: field(
    listOf(architecture, 'a list of amd64, arm64 or both'),
    'Architectures to bake images for. By default, those of the instance types of the groups.',
  ),
  base: field(
    forArchitectures(imageId),
    'AMIs to start a bake from. By default, the latest Debian 12 AMI from Debian’s AWS account.',
  ),
  container_base: field(
    shaped('container image', 'the name of a container image', /^[a-z0-9][a-z0-9._/:@-]{0,254}$/),
    'Debian 12 container image to start the local image from.',
  ),
  artifacts: field(listOfMaps, 'Software to install in addition to Debian’s own packages.'),
  cgroups: field(
    t.oneOf('v1', 'v2'),
    'cgroup version that the machine boots with. Stock Mesos 1.11.0 supports only v1; clusterd 0.6 and later supports only v2.',
  ),
  regions: field(listOf(region, 'a list of regions'), 'Additional regions to copy the image to.'),
  instance_types: field(forArchitectures(instanceType), 'Instance types for baking.'),
  subnet: field(subnet, 'Subnet for the instance that bakes. By default, a subnet of the default VPC.'),
} as const satisfies Record<string, Field>

export const artifactFields = {
  name: field(
    t.oneOf('consul', 'mesos', 'marathon', 'java'),
    'The software. `java` is the Java runtime for Marathon.',
  ),
  url: field(
    artifactUrl,
    'Where to download it. The first bake records its checksum in `artifacts.lock.json`.',
  ),
  kind: field(t.oneOf('deb', 'tar', 'zip'), 'Package format.'),
  sha256: field(
    shaped('sha256', 'a SHA-256 checksum of 64 hexadecimal digits', /^[0-9a-f]{64}$/),
    'SHA-256 checksum, if you know it before the first bake.',
  ),
  version: field(
    shaped('version', 'a version such as 1.11.0', /^[0-9][A-Za-z0-9.+~-]{0,40}$/),
    'Version that the program must report with `--version`.',
  ),
  architecture: field(
    architecture,
    'Architecture of the package. By default, it is used for all architectures.',
  ),
} as const satisfies Record<string, Field>

export const groupFields = {
  vars: field(mapping, 'Variables for all nodes of the group.'),
  count: field(leaders, 'Leaders only: number of leaders. Must be odd.'),
  min: field(t.count, 'Followers only: minimum size of the pool.'),
  max: field(t.count, 'Followers only: maximum size of the pool.'),
  instance_type: field(instanceType, 'EC2 instance type.'),
  subnets: field(listOf(subnet, 'a list of subnet IDs'), 'Subnets to spread the machines across.'),
  root_volume_gb: field(size, 'Size of the encrypted root volume, in GiB.'),
  key_name: field(
    shaped('key pair', 'the name of an EC2 key pair', /^(?! )[\x20-\x7e]{1,255}(?<! )$/),
    'EC2 key pair for SSH.',
  ),
  security_groups: field(
    listOf(securityGroup, 'a list of security group IDs'),
    'Your own security groups, in addition to those that mesos-bakery creates.',
  ),
  seats: field(mapping, 'Leaders only: settings for individual seats, by seat number.'),
} as const satisfies Record<string, Field>

export const seatFields = {
  vars: field(mapping, 'Variables for this seat only.'),
  subnet: field(subnet, 'Subnet of this seat.'),
  instance_type: field(instanceType, 'Instance type of this seat.'),
} as const satisfies Record<string, Field>
