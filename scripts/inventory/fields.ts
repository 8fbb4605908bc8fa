import * as z from 'zod/mini'
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

const listOf = (item: Type<string>, expects: string): Type<readonly string[]> => ({
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

export const inventoryFields = {
  cluster: field(t.name, 'Names everything, and becomes `mesos_cluster` unless that is set.'),
  region: field(shaped('region', 'a region such as us-east-1', /^[a-z]{2}(-[a-z]+)+-\d$/), 'The AWS region.'),
  target: field(t.oneOf('aws'), 'Where the cluster is launched.'),
  instance_profile: field(
    shaped('instance profile', 'the name of an instance profile', /^[A-Za-z0-9_+=,.@-]{1,128}$/),
    'An instance profile of yours. Without one, a profile is made that may list instances and nothing else.',
  ),
  tags: field(tags, 'Tags that everything carries, beside our own.'),
  vars: field(mapping, 'Variables for every node.'),
  groups: field(mapping, 'The groups of machines: one of leaders, any number of followers.'),
  image: field(mapping, 'The image that all machines start from.'),
} as const satisfies Record<string, Field>

export const imageFields = {
  name: field(t.name, 'The image is looked up in SSM as `/mesos-bakery/<name>/<architecture>`.'),
  id: field(imageId, 'A given image, which is then not looked up.'),
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
