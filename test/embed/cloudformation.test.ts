import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { openingKey, openingsOf } from '../../scripts/cluster/firewall.ts'
import { writeAs } from '../../scripts/embed/formats.ts'
import { nothing } from '../../scripts/targets/ec2/actual.ts'
import type { StepOf } from '../../scripts/targets/ec2/ec2-step.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import { cases, inventoryOf } from '../harness/cases.ts'
import { evaluate, lint, linterMissing, resourcesIn, type Template } from '../harness/cloudformation.ts'
import { materialOf } from '../harness/material.ts'
import { unless } from '../harness/programs.ts'
import { clusterOf, refusals, sampleInventory } from '../harness/sample.ts'

const test = anyTest as TestFn
const lintTest = unless(linterMissing, test)

const templateFor = (inventory: string): Template => {
  const [file] = writeAs('cloudformation', materialOf(clusterOf(inventory)))
  return JSON.parse(Buffer.from(file?.bytes ?? []).toString())
}

lintTest('cfn-lint reports no errors in the templates of all cases', t => {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-cloudformation-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const files = cases.map(name => {
    const file = join(folder, `${name}.json`)
    writeFileSync(file, JSON.stringify(templateFor(inventoryOf(name))))
    return file
  })
  t.notThrows(() => lint(files))
})

for (const name of cases) {
  test(`the template of ${name} creates what a launch creates, with the same names and tags`, t => {
    const template = templateFor(inventoryOf(name))
    const cluster = clusterOf(inventoryOf(name))
    const { nodes } = materialOf(cluster)
    const { steps } = planLaunch({
      cluster,
      userData: new Map(nodes.map(({ userData }) => [userData.name, userData])),
      actual: nothing,
      imageOf: ({ architecture }) => ({
        id: cluster.image.id ?? `/mesos-bakery/${cluster.image.name}/${architecture}`,
        rootDevice: '/dev/xvda',
        rootGb: 0,
      }),
    })
    const seats = steps.filter((step): step is StepOf<'seat'> => step.kind === 'seat')
    const pools = steps.filter((step): step is StepOf<'pool'> => step.kind === 'pool')
    const scaling = [...resourcesIn(template, 'AWS::AutoScaling::AutoScalingGroup').values()]
    t.deepEqual(
      scaling.map(group => [
        group.AutoScalingGroupName,
        group.MinSize,
        group.MaxSize,
        group.VPCZoneIdentifier,
      ]),
      [
        ...seats.map(({ name, subnet }) => [name, '1', '1', [subnet]]),
        ...pools.map(({ name, min, max, subnets }) => [name, String(min), String(max), subnets]),
      ],
    )
    const templates = [...resourcesIn(template, 'AWS::EC2::LaunchTemplate').values()]
    for (const seat of seats) {
      const made = templates.find(one => one.LaunchTemplateName === seat.name)
      const tags = Object.entries(seat.tags).map(([Key, Value]) => ({ Key, Value }))
      t.like(made?.LaunchTemplateData, {
        InstanceType: seat.instanceType,
        TagSpecifications: [
          { ResourceType: 'instance', Tags: tags },
          { ResourceType: 'volume', Tags: tags },
        ],
      })
    }
    const groups = resourcesIn(template, 'AWS::EC2::SecurityGroup')
    t.deepEqual(
      [...groups.values()].map(group => group.GroupName),
      ['leader', 'follower'].map(role => `mesos-bakery-${cluster.name}-${role}`),
    )
    const opened = [...resourcesIn(template, 'AWS::EC2::SecurityGroupIngress').values()].map(
      ({ GroupId, SourceSecurityGroupId, IpProtocol, FromPort, ToPort }) =>
        `${role(GroupId)}<${role(SourceSecurityGroupId)}:${IpProtocol}:${FromPort}-${ToPort}`,
    )
    t.deepEqual(opened.sort(), openingsOf(cluster).map(openingKey).sort())
  })
}

const role = (id: unknown) => (String(id).includes('Leader') ? 'leader' : 'follower')

test('leaders are replaced one at a time, and the old one terminates before the new one starts', t => {
  const { Resources } = templateFor(sampleInventory(3))
  const chain = [1, 2, 3].map(seat => Resources[`Leader${seat}`])
  t.deepEqual(
    chain.map(seat => seat?.DependsOn),
    [undefined, ['Leader1'], ['Leader2']],
  )
  for (const seat of chain) {
    t.like(seat, {
      Properties: { MaxSize: '1', InstanceMaintenancePolicy: { MaxHealthyPercentage: 100 } },
      UpdatePolicy: { AutoScalingRollingUpdate: { MinInstancesInService: 0 } },
    })
  }
})

test('for a single node it is only the UserData, which Fn::Sub does not change', t => {
  const material = materialOf(clusterOf(sampleInventory(1)))
  const [file] = writeAs('cloudformation', { ...material, nodes: material.nodes.slice(0, 1), named: true })
  const { UserData } = JSON.parse(Buffer.from(file?.bytes ?? []).toString())
  const pasted = evaluate({ 'Fn::Sub': UserData }, { Parameters: {}, Resources: {} })
  t.is(Buffer.from(String(pasted), 'base64').toString(), material.nodes[0]?.userData.text ?? '')
})

test('groups whose names would give the same logical ID get different ones', t => {
  const pools = ['a-b', 'a_b', 'a'].map(name => `  ${name}: { subnets: [subnet-a] }`)
  const { Resources } = templateFor(`${sampleInventory(1)}${pools.join('\n')}\n`)
  const ids = Object.keys(Resources).filter(id => /^Pool.*(?<!Template)$/.test(id))
  t.is(ids.length, 4)
  t.true(ids.includes('PoolA') && ids.includes('PoolWeb'))
})

test('a template that is too large for CloudFormation is refused with its size', t => {
  const pools = Array.from({ length: 250 }, (_, index) => `  p${index}: { subnets: [subnet-a] }`)
  const [bytes, resources, ...others] = refusals(() =>
    templateFor(`${sampleInventory(1)}${pools.join('\n')}\n`),
  )
  t.regex(
    bytes ?? '',
    /^template: is too large for CloudFormation \(1\d{6} bytes, limit 1000000\); move some pools to a cluster/,
  )
  t.regex(
    resources ?? '',
    /^template: has too many resources for CloudFormation \(5\d\d, limit 500\); move some pools to a cluster/,
  )
  t.deepEqual(others, [])
})
