import type { Cluster, Pool, Seat } from '../cluster/cluster.ts'
import { openingsOf, roles } from '../cluster/firewall.ts'
import { groupName, profileName, securityGroupName } from '../cluster/names.ts'
import { orRefuse, type Problem } from '../inventory/problems.ts'
import { gzip } from '../user-data/gzip.ts'
import { userDataLimit } from '../user-data/limit.ts'
import { type Format, jsonFile, type Material, type Rendered } from './format.ts'
import { nodeTags } from './tags.ts'

/** A module that needs no provider: values for the resources of whoever calls it. */
export const terraform: Format = {
  kind: 'cluster',
  prints: true,
  write: material => [
    jsonFile('main.tf.json', orRefuse(moduleOf(material), material.nodes.flatMap(troubleWith))),
  ],
}

function moduleOf({ cluster, nodes }: Material) {
  return {
    '//': 'Made by mesos-bakery from the inventory of the cluster; change that and render again.',
    terraform: { required_version: '>= 1.0' },
    locals: { user_data: asLiterals(byName(nodes, ({ userData }) => userData.text)) },
    output: outputs({
      cluster: ['The name of the cluster.', cluster.name],
      region: ['The region that Consul looks for its servers in.', cluster.region],
      image: ['The image: its id, or the name under which a bake publishes it in SSM.', imageOf(cluster)],
      quorum: ['The votes that decide among the leaders.', cluster.quorum],
      leaders: ['The seats of the leaders by name.', byName(nodes, leader)],
      pools: ['The groups of followers by name.', byName(nodes, pool)],
      names: ['What launch would call the rest.', namesOf(cluster)],
      tags: [
        'The tags of each node’s machines, without that of their image.',
        byName(nodes, tagsIn(cluster)),
      ],
      openings: ['The ports that the roles open to each other.', openingsOf(cluster)],
      sha256: ['The sha256 of each node’s user-data.', byName(nodes, ({ userData }) => userData.sha256)],
      user_data_gzip_base64: ['The same, smaller: cloud-init unpacks it.', byName(nodes, packed)],
      // Terraform computes what it can, so that the user-data stands here once.
      user_data: ['The user-data of each node as text.', computed('local.user_data')],
      user_data_base64: [
        'The user-data of each node, for `user_data_base64` or a launch template’s `user_data`.',
        computed('{for name, text in local.user_data : name => base64encode(text)}'),
      ],
    }),
  }
}

/** An expression, beside values that are none. */
interface Expression {
  readonly expression: string
}

const computed = (expression: string): Expression => ({ expression: `\${${expression}}` })

function outputs(all: Readonly<Record<string, readonly [description: string, value: unknown]>>) {
  return Object.fromEntries(
    Object.entries(all).map(([name, [description, value]]) => [
      name,
      { description, value: isExpression(value) ? value.expression : asLiterals(value) },
    ]),
  )
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'expression' in value
}

/** Every text of a `.tf.json` is a template, in which two marks begin an expression unless they are doubled. */
function asLiterals(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[$%](?=\{)/g, '$&$&')
  if (Array.isArray(value)) return value.map(asLiterals)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [asLiterals(key), asLiterals(inner)]))
}

function byName<T>(nodes: readonly Rendered[], what: (one: Rendered) => T | undefined): Record<string, T> {
  const values = nodes.map(one => [one.node.name, what(one)] as const)
  return Object.fromEntries(values.filter((entry): entry is [string, T] => entry[1] !== undefined))
}

function leader({ node }: Rendered) {
  return node.kind === 'seat'
    ? { ...machineOf(node), seat: node.seat, subnet: node.subnet ?? null }
    : undefined
}

function pool({ node }: Rendered) {
  return node.kind === 'pool'
    ? { ...machineOf(node), min: node.min, max: node.max, subnets: node.subnets }
    : undefined
}

function machineOf({ group, mode, machine }: Seat | Pool) {
  return {
    group,
    mode,
    instance_type: machine.instanceType,
    architecture: machine.architecture,
    root_volume_gb: machine.rootVolumeGb,
    key_name: machine.keyName ?? null,
    security_groups: machine.securityGroups,
  }
}

function imageOf({ image: { id, name } }: Cluster) {
  return { id: id ?? null, name }
}

function namesOf(cluster: Cluster) {
  const groups = [...new Set([...cluster.seats, ...cluster.pools].map(({ group }) => group))]
  return {
    security_groups: Object.fromEntries(roles.map(role => [role, securityGroupName(cluster.name, role)])),
    instance_profile: cluster.instanceProfile ?? profileName(cluster.region, cluster.name),
    launch_templates: Object.fromEntries(groups.map(group => [group, groupName(cluster.name, group)])),
  }
}

const tagsIn = (cluster: Cluster) => (one: Rendered) => nodeTags(cluster, one)

const packed = ({ userData }: Rendered) => Buffer.from(gzip(Buffer.from(userData.text))).toString('base64')

function troubleWith({ node, userData }: Rendered): readonly Problem[] {
  // Terraform keeps every text in Unicode's normal form C, so another form would come out as other bytes.
  if (userData.text.normalize('NFC') !== userData.text) {
    const message = "holds text that isn't in Unicode's normal form C, and Terraform would change it"
    return [{ path: node.name, message, help: 'write its accents as one character with the letter' }]
  }
  if (userData.bytes <= userDataLimit) return []
  const message = `has ${userData.bytes} bytes, EC2 takes ${userDataLimit}`
  return [{ path: node.name, message, help: 'make its variables shorter' }]
}
