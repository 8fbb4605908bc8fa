import type { Cluster, Pool, Seat } from '../cluster/cluster.ts'
import { openingsOf, roles } from '../cluster/firewall.ts'
import { groupName, profileName, securityGroupName } from '../cluster/names.ts'
import { orRefuse, type Problem } from '../inventory/problems.ts'
import { gzip } from '../user-data/gzip.ts'
import { type Format, jsonFile, type Material, type Rendered } from './format.ts'
import { nodeTags } from './node-tags.ts'
import { payloadsOf } from './payload.ts'

/** A module that needs no provider: values for the resources of whoever calls it. */
export const terraform: Format = {
  kind: 'cluster',
  prints: false,
  write: material => {
    const values = orRefuse(valuesOf(material), material.nodes.flatMap(troubleWith))
    return [jsonFile('main.tf.json', module), jsonFile('cluster.json', values)]
  },
}

const asLaunched = `{
  for name, text in local.cluster.user_data :
  name => contains(local.cluster.packed, name) ? local.cluster.user_data_gzip_base64[name] : base64encode(text)
}`

/**
 * The outputs, each an expression. The values are in a file beside them: Terraform reads that many times as fast as
 * strings in the configuration, every one of which it takes for a template.
 */
const module = {
  '//': 'Made by mesos-bakery from the inventory of the cluster; change that and render again.',
  terraform: { required_version: '>= 1.0' },
  locals: { cluster: expression(`jsondecode(file("${expression('path.module')}/cluster.json"))`) },
  output: {
    ...given({
      cluster: 'The name of the cluster.',
      region: 'The region that Consul looks for its servers in.',
      image: 'The image: its id, or the name under which a bake publishes it in SSM.',
      quorum: 'The votes that decide among the leaders.',
      leaders: 'The seats of the leaders by name.',
      pools: 'The groups of followers by name.',
      names: 'What launch would call the rest.',
      tags: 'The tags of each node’s machines, without that of their image.',
      openings: 'The ports that the roles open to each other.',
      sha256: 'The sha256 of each node’s user-data.',
      user_data: 'The user-data of each node as text.',
      user_data_gzip_base64: 'The user-data of each node, packed; cloud-init unpacks it.',
    }),
    user_data_base64: {
      description:
        'The user-data of each node, for an instance’s user_data_base64 or a template’s user_data.',
      value: expression(asLaunched),
    },
  },
}

function given(descriptions: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [
      name,
      { description, value: expression(`local.cluster.${name}`) },
    ]),
  )
}

function expression(text: string): string {
  return `\${${text}}`
}

function valuesOf({ cluster, nodes }: Material) {
  return {
    cluster: cluster.name,
    region: cluster.region,
    image: imageOf(cluster),
    quorum: cluster.quorum,
    leaders: byName(nodes, leader),
    pools: byName(nodes, pool),
    names: namesOf(cluster),
    tags: byName(nodes, one => nodeTags(cluster, one)),
    openings: openingsOf(cluster),
    sha256: byName(nodes, ({ userData }) => userData.sha256),
    user_data: byName(nodes, ({ userData }) => userData.text),
    user_data_gzip_base64: byName(nodes, packed),
    packed: [...payloadsOf(cluster, nodes)].flatMap(([name, { form }]) => (form === 'gzip' ? [name] : [])),
  }
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

const packed = ({ userData }: Rendered) => Buffer.from(gzip(Buffer.from(userData.text))).toString('base64')

/** Terraform keeps every text in Unicode's normal form C, so another form would come out as other bytes. */
function troubleWith({ node, userData }: Rendered): readonly Problem[] {
  if (userData.text.normalize('NFC') === userData.text) return []
  const message = "holds text that isn't in Unicode's normal form C, and Terraform would change it"
  return [{ path: node.name, message, help: 'write its accents as one character with the letter' }]
}
