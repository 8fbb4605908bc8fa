import { runtime } from '@pulumi/pulumi'
import test from 'ava'
import { App, Stack } from 'aws-cdk-lib'
import { type Opening, openingsOf, type Role } from '../../scripts/cluster/firewall.ts'
import { writeAs } from '../../scripts/embed/formats.ts'
import * as cdk from '../../scripts/library/cdk.ts'
import * as pulumi from '../../scripts/library/pulumi.ts'
import { changeRules } from '../../scripts/targets/ec2/api/security-group.ts'
import { describeOpening, openSteps } from '../../scripts/targets/ec2/security-group.ts'
import { materialOf } from '../harness/material.ts'
import { clusterOf, factsOf, sampleInventory } from '../harness/sample.ts'

// The ports of a security group are described once, and everything for EC2 and other tools is derived from that.

const cluster = clusterOf(sampleInventory())
const wanted = sorted(openingsOf(cluster).map(describeOpening))

type Described = ReturnType<typeof describeOpening>

function sorted(openings: readonly Described[]): readonly Described[] {
  const key = ({ to, from, protocol, first, last }: Described) => [to, from, protocol, first, last].join(' ')
  return openings.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** The role of a group, by its name in a tool. */
const roleIn = (name: unknown): Role => (/leader/i.test(JSON.stringify(name)) ? 'leader' : 'follower')

test('EC2 opens the described ports', async t => {
  interface Asked {
    readonly GroupId: string
    readonly IpPermissions: readonly {
      readonly IpProtocol: Opening['protocol']
      readonly FromPort: number
      readonly ToPort: number
      readonly UserIdGroupPairs: readonly { readonly GroupId: string; readonly Description: string }[]
    }[]
  }
  const asked: Asked[] = []
  const ec2 = { authorizeSecurityGroupIngress: async (input: Asked) => asked.push(input) }
  const aws = { ec2: async () => ec2, clock: { now: () => 0, sleep: async () => undefined } }
  const ids = new Map([
    ['leader', 'sg-leader'],
    ['follower', 'sg-follower'],
  ] as const)
  for (const step of openSteps(factsOf(cluster))) {
    if (step.action === 'update') await changeRules(aws as never, step, ids)
  }
  const told = asked.flatMap(({ GroupId, IpPermissions }) =>
    IpPermissions.map(({ IpProtocol, FromPort, ToPort, UserIdGroupPairs: [pair] }) => ({
      ...{ to: roleIn(GroupId), from: roleIn(pair?.GroupId), protocol: IpProtocol },
      ...{ first: FromPort, last: ToPort, description: pair?.Description ?? '' },
    })),
  )
  t.deepEqual(sorted(told), wanted)
})

type Template = { readonly Resources: Readonly<Record<string, { Type: string; Properties: unknown }>> }

function ingressOf({ Resources }: Template): readonly Described[] {
  const rules = Object.values(Resources).filter(({ Type }) => Type === 'AWS::EC2::SecurityGroupIngress')
  return sorted(
    rules.map(({ Properties }) => {
      const rule = Properties as Record<string, never>
      return {
        ...{ to: roleIn(rule.GroupId), from: roleIn(rule.SourceSecurityGroupId), protocol: rule.IpProtocol },
        ...{ first: rule.FromPort, last: rule.ToPort, description: rule.Description },
      } as unknown as Described
    }),
  )
}

test('CloudFormation opens the described ports', t => {
  const [file] = writeAs('cloudformation', materialOf(cluster))
  t.deepEqual(ingressOf(JSON.parse(Buffer.from(file?.bytes ?? []).toString())), wanted)
})

test('the CDK opens the described ports', t => {
  const app = new App({ analyticsReporting: false })
  const stack = new Stack(app, 'Test', { env: { account: '123456789012', region: 'us-east-1' } })
  new cdk.MesosCluster(stack, 'Mesos', { inventory: sampleInventory(), vpc: { vpcId: 'vpc-1' } })
  t.deepEqual(ingressOf(app.synth().getStackByName('Test').template as Template), wanted)
})

test('Pulumi opens the described ports', async t => {
  const rules: Record<string, never>[] = []
  await runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      if (type === 'aws:ec2/securityGroupRule:SecurityGroupRule') rules.push(inputs)
      return { id: `${name}-id`, state: { latestVersion: 1, ...inputs, name: inputs.name ?? name } }
    },
    call: ({ inputs }) => ({ ...inputs, value: 'ami-1' }),
  })
  new pulumi.MesosCluster('mesos', { inventory: sampleInventory(), vpcId: 'vpc-1' })
  // Not in its type declarations, but it completes a Pulumi program.
  await (runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs()
  const told = rules.map(rule => ({
    ...{
      to: roleIn(rule.securityGroupId),
      from: roleIn(rule.sourceSecurityGroupId),
      protocol: rule.protocol,
    },
    ...{ first: rule.fromPort, last: rule.toPort, description: rule.description },
  }))
  t.deepEqual(sorted(told as unknown as Described[]), wanted)
})

test('the Terraform module contains the described ports', t => {
  const values = writeAs('terraform', materialOf(cluster)).find(({ path }) => path === 'cluster.json')
  const { openings } = JSON.parse(Buffer.from(values?.bytes ?? []).toString()) as { openings: Opening[] }
  t.deepEqual(sorted(openings.map(describeOpening)), wanted)
})
