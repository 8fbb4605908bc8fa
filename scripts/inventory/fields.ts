import * as z from 'zod/mini'
import { targetNames } from '../targets/list.ts'
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

const hasNoTwins = (items: readonly string[]) => new Set(items).size === items.length

const listOf = <T extends string>(item: Type<T>, expects: string): Type<readonly T[]> => ({
  name: `list of ${item.name}s`,
  expects: `${expects}, each once`,
  schema: z.array(item.schema).check(z.refine(hasNoTwins)),
})

const subnet = shaped('subnet', 'the id of a subnet, such as subnet-0a1b2c3d', /^subnet-[a-z0-9-]+$/)
const instanceType = shaped(
  'instance type',
  'an EC2 instance type such as m6i.large',
  /^[a-z0-9-]+\.[a-z0-9-]+$/,
)
const securityGroup = shaped(
  'security group',
  'the id of a security group, such as sg-0a1b2c3d',
  /^sg-[a-z0-9]+$/,
)
const imageId = shaped('AMI', 'the id of an image, such as ami-0a1b2c3d', /^ami-[a-z0-9]+$/)
const size: Type<number> = {
  name: 'GiB',
  expects: 'a whole number of GiB from 1 to 16384',
  schema: z.int().check(z.gte(1), z.lte(16_384)),
}
// Leaders beyond a handful slow each write down; 255 is the largest id ZooKeeper knows.
const leaders: Type<number> = {
  name: 'count',
  expects: 'a whole number from 0 to 255',
  schema: z.int().check(z.gte(0), z.lte(255)),
}
// IAM takes fewer characters than EC2, and doesn't tell Team from team; AWS takes 50 tags, some of them ours.
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
const notOurs = /^(?!aws:|mesos-bakery:|name$)/i
const tags: Type<Readonly<Record<string, string>>> = {
  name: 'map of tags',
  expects:
    'a map of at most 40 tags to text of letters, digits, spaces and _ . : / = + - @; ' +
    'their names differ by more than case, and are not Name, aws:… or mesos-bakery:…',
  schema: z
    .record(
      z.string().check(z.minLength(1), z.maxLength(128), z.regex(tagText), z.regex(notOurs)),
      z.string().check(z.maxLength(256), z.regex(tagText)),
    )
    .check(z.refine(value => hasNoTwins(Object.keys(value).map(key => key.toLowerCase()))))
    .check(z.refine(value => Object.keys(value).length <= 40)),
}

const region = shaped('region', 'a region such as us-east-1', /^[a-z]{2}(-[a-z]+)+-\d$/)
const architecture: Type<'amd64' | 'arm64'> = { ...t.oneOf('amd64', 'arm64'), name: 'architecture' }

type ForArchitectures = { readonly amd64?: string | undefined; readonly arm64?: string | undefined }

const forArchitectures = (item: Type<string>): Type<ForArchitectures> => ({
  name: `map of architectures to ${item.name}s`,
  expects: `a map of amd64 and arm64 to ${item.expects.replace(/^an? /, '')}`,
  schema: z.strictObject({ amd64: z.optional(item.schema), arm64: z.optional(item.schema) }),
})

const listOfMaps: Type<readonly Readonly<Record<string, unknown>>[]> = {
  name: 'list of maps',
  expects: 'a list of maps',
  schema: z.array(z.record(z.string(), z.unknown())),
}

const artifactUrl = shaped(
  'URL',
  'https://…, or file:… with a path, relative ones to the inventory',
  /^(https:\/\/[^\s/]+\/\S+|file:[^\s?#]+)$/,
)

export const inventoryFields = {
  cluster: field(t.name, 'Names everything, and becomes `mesos_cluster` unless that is set.'),
  region: field(region, 'The AWS region.'),
  target: field(
    t.oneOf(...targetNames),
    'Where the cluster is launched: on EC2, or in containers on this machine.',
  ),
  instance_profile: field(
    shaped('instance profile', 'the name of an instance profile', /^[A-Za-z0-9_+=,.@-]{1,128}$/),
    'An instance profile of yours. Without one, a profile is made that may list instances and nothing else.',
  ),
  permissions_boundary: field(
    shaped('policy ARN', 'the ARN of an IAM policy', /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/\S{1,200}$/),
    'The permissions boundary of the role that is made for the machines. Ignored with `instance_profile`.',
  ),
  user_data_bucket: field(
    shaped('bucket', 'the name of an S3 bucket, without dots', /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/),
    'An S3 bucket in the cluster’s region, for user-data that is too large for EC2. A stub fetches it from there.',
  ),
  tags: field(tags, 'Tags that everything carries, beside our own.'),
  vars: field(mapping, 'Variables for every node.'),
  groups: field(mapping, 'The groups of machines: one of leaders, any number of followers.'),
  image: field(mapping, 'The image that all machines start from.'),
} as const satisfies Record<string, Field>

export const imageFields = {
  name: field(t.name, 'The image is looked up in SSM as `/mesos-bakery/<name>/<architecture>`.'),
  id: field(imageId, 'A given image, which is then not looked up.'),
  architectures: field(
    listOf(architecture, 'a list of amd64, arm64 or both'),
    'For which architectures `bake` makes images. Those of the groups’ instance types, unless set.',
  ),
  base: field(
    forArchitectures(imageId),
    'The images that a bake starts from. Else the newest Debian 12 of Debian’s own account.',
  ),
  container_base: field(
    shaped('container image', 'the name of a container image', /^[a-z0-9][a-z0-9._/:@-]{0,254}$/),
    'What the local image starts from: a Debian 12.',
  ),
  artifacts: field(listOfMaps, 'What the image holds beside Debian’s own packages.'),
  cgroups: field(
    t.oneOf('v1', 'v2'),
    'Which cgroups the machine boots with. Stock Mesos 1.11.0 isolates by v1 only; clusterd from 0.6 on by v2.',
  ),
  regions: field(
    listOf(region, 'a list of regions'),
    'Regions to which the image is copied, beside the inventory’s own.',
  ),
  instance_types: field(forArchitectures(instanceType), 'What the machines that bake are.'),
  subnet: field(subnet, 'The subnet in which a bake runs its machine. Else one of the default VPC.'),
} as const satisfies Record<string, Field>

export const artifactFields = {
  name: field(t.oneOf('consul', 'mesos', 'marathon', 'java'), 'What it is. `java` is Marathon’s own.'),
  url: field(artifactUrl, 'Where it is. What it was at the first bake is pinned in `artifacts.lock.json`.'),
  kind: field(t.oneOf('deb', 'tar', 'zip'), 'How it is packed.'),
  sha256: field(
    shaped('sha256', 'a sha256 of 64 hexadecimal digits', /^[0-9a-f]{64}$/),
    'Its checksum, if you know it before the first bake.',
  ),
  version: field(
    shaped('version', 'a version such as 1.11.0', /^[0-9][A-Za-z0-9.+~-]{0,40}$/),
    'What its program must answer to `--version`.',
  ),
  architecture: field(architecture, 'The only architecture that it is for. Else it is for all.'),
} as const satisfies Record<string, Field>

export const groupFields = {
  vars: field(mapping, 'Variables for the nodes of this group.'),
  count: field(leaders, 'Leaders: how many. Odd.'),
  min: field(t.count, 'Followers: the least that the pool may shrink to.'),
  max: field(t.count, 'Followers: the most that the pool may grow to.'),
  instance_type: field(instanceType, 'The EC2 instance type.'),
  subnets: field(listOf(subnet, 'a list of subnet ids'), 'Subnets over which the machines are spread.'),
  root_volume_gb: field(size, 'Size of the encrypted root volume, in GiB.'),
  key_name: field(
    shaped('key pair', 'the name of an EC2 key pair', /^[\x21-\x7e]{1,255}$/),
    'An EC2 key pair to log in with.',
  ),
  security_groups: field(
    listOf(securityGroup, 'a list of security group ids'),
    'Security groups of yours, beside those that are made.',
  ),
  seats: field(mapping, 'Leaders: what is different for single seats, by their number.'),
} as const satisfies Record<string, Field>

export const seatFields = {
  vars: field(mapping, 'Variables for this seat alone.'),
  subnet: field(subnet, 'The subnet of this seat.'),
  instance_type: field(instanceType, 'The instance type of this seat.'),
} as const satisfies Record<string, Field>
