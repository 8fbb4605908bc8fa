import { runtime } from '@pulumi/pulumi'
import test from 'ava'
import { openingKey, openingsOf } from '../../scripts/cluster/firewall.ts'
import { MesosCluster, mesosUserData } from '../../scripts/library/pulumi.ts'
import { cases, inventoryOf } from '../harness/cases.ts'
import { materialOf, sha256 } from '../harness/material.ts'
import { clusterOf, refusals, sampleInventory } from '../harness/sample.ts'

interface Made {
  readonly type: string
  readonly name: string
  readonly inputs: Record<string, unknown>
}

const made: Made[] = []
await runtime.setMocks({
  newResource: ({ type, name, inputs, id }) => {
    made.push({ type, name, inputs })
    return { id: id || `${name}-id`, state: { latestVersion: 7, ...inputs, name: inputs.name ?? name } }
  },
  call: ({ inputs }) => ({ ...inputs, value: `ami:${inputs.name}` }),
})

/** The resources that Pulumi would create for an inventory. */
async function resourcesOf(inventory: string): Promise<readonly Made[]> {
  made.length = 0
  new MesosCluster('mesos', { inventory, vpcId: 'vpc-1' })
  // Not in its type declarations, but it completes a Pulumi program.
  await (runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs()
  return [...made]
}

test.serial(
  'for every case Pulumi creates the same resources as a launch, with the same user data',
  async t => {
    for (const name of cases) {
      const cluster = clusterOf(inventoryOf(name))
      const resources = await resourcesOf(inventoryOf(name))
      const of = (type: string) => resources.filter(one => one.type === type).map(one => one.inputs)
      const instances = of('aws:ec2/instance:Instance')
      const templates = of('aws:ec2/launchTemplate:LaunchTemplate')
      const { nodes } = materialOf(cluster)
      const sum = (data: unknown) => sha256(Buffer.from(String(data), 'base64'))
      t.deepEqual(
        [...instances.map(one => sum(one.userDataBase64)), ...templates.map(one => sum(one.userData))].sort(),
        nodes.map(({ userData }) => userData.sha256).sort(),
        name,
      )
      const tags = instances.map(one => one.tags as Record<string, string>)
      t.deepEqual(
        tags.map(one => [one.Name, one['mesos-bakery:seat'], one['mesos-bakery:leaders']]).sort(),
        cluster.seats.map(seat => [seat.name, String(seat.seat), String(cluster.seats.length)]).sort(),
      )
      t.deepEqual(
        of('aws:autoscaling/group:Group')
          .map(one => [one.name, one.minSize, one.maxSize, one.vpcZoneIdentifiers])
          .sort(),
        cluster.pools.map(({ name, min, max, subnets }) => [name, min, max, subnets]).sort(),
      )
      const opened = of('aws:ec2/securityGroupRule:SecurityGroupRule').map(
        one =>
          `${role(one.securityGroupId)}<${role(one.sourceSecurityGroupId)}:${one.protocol}:${one.fromPort}-${one.toPort}`,
      )
      t.deepEqual(opened.sort(), openingsOf(cluster).map(openingKey).sort())
    }
  },
)

const role = (id: unknown) => String(id).replace(/^.*-(leader|follower)-id$/, '$1')

test.serial('instances start from the image that a bake has published, and are tagged with it', async t => {
  const [leader] = (await resourcesOf(sampleInventory(1))).filter(
    one => one.type === 'aws:ec2/instance:Instance',
  )
  const image = 'ami:/mesos-bakery/mesos/amd64'
  t.like(leader?.inputs, {
    ami: image,
    tags: { 'mesos-bakery:image': image },
    metadataOptions: { httpTokens: 'required' },
    rootBlockDevice: { encrypted: true },
    userDataReplaceOnChange: true,
  })
})

test.serial('mesosUserData returns the same bytes, and throws problems as data', t => {
  const [one] = materialOf(clusterOf(sampleInventory(1))).nodes
  const data = mesosUserData(sampleInventory(1), 'c1-leader-1')
  t.is(sha256(Buffer.from(data, 'base64')), one?.userData.sha256 ?? '')
  t.deepEqual(
    refusals(() => mesosUserData(sampleInventory(1), 'c1-web2')),
    ['node: unknown node c1-web2; did you mean "c1-web"?'],
  )
})
