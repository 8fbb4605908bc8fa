import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { App, Stack } from 'aws-cdk-lib'
import { AmazonLinuxCpuType, Instance, InstanceType, MachineImage, Port, Vpc } from 'aws-cdk-lib/aws-ec2'
import { writeAs } from '../../scripts/embed/formats.ts'
import { MesosCluster, mesosUserData } from '../../scripts/library/cdk.ts'
import { cases, inventoryOf } from '../harness/cases.ts'
import { evaluate, lint, linterMissing, type Template, userDataIn } from '../harness/cloudformation.ts'
import { materialOf, sha256 } from '../harness/material.ts'
import { unless } from '../harness/programs.ts'
import { clusterOf, refusals, sampleInventory } from '../harness/sample.ts'

const test = anyTest as TestFn

const outdir = mkdtempSync(join(tmpdir(), 'mesos-bakery-cdk-'))
test.after.always(() => rmSync(outdir, { recursive: true }))

/** The template that the CDK creates from a stack. */
function synthesised(build: (stack: Stack) => void): Template {
  const app = new App({ analyticsReporting: false, outdir })
  const stack = new Stack(app, 'Test', { env: { account: '123456789012', region: 'us-east-1' } })
  build(stack)
  return app.synth().getStackByName('Test').template
}

const vpc = { vpcId: 'vpc-01234567' }
const clusterStack = (inventory: string) =>
  synthesised(stack => new MesosCluster(stack, 'Mesos', { inventory, vpc }))

for (const name of cases) {
  test(`for ${name} the CDK creates the same resources as the template, with the same user data`, t => {
    const template = clusterStack(inventoryOf(name))
    const material = materialOf(clusterOf(inventoryOf(name)))
    t.deepEqual(
      Object.entries(userDataIn(template)).map(([node, data]) => [node, sha256(Buffer.from(data, 'base64'))]),
      material.nodes.map(({ userData }) => [userData.name, userData.sha256]),
    )
    const [file] = writeAs('cloudformation', material)
    const ours = JSON.parse(Buffer.from(file?.bytes ?? []).toString())
    t.deepEqual(plainly(template), plainly(ours))
  })
}

/** The resources of a template without the names that differ: logical IDs, and how the image and the VPC are given. */
function plainly({ Resources }: Template): unknown {
  const text = JSON.stringify(Object.values(Resources).filter(({ Type }) => Type !== 'AWS::CDK::Metadata'))
  const nameless = text
    .replace(/\{"Ref":"(?:Image|SsmParameter)[^"]*"\}|"ami-[^"]*"/g, '"image"')
    .replace(/\{"Ref":"VpcId"\}|"vpc-01234567"/g, '"vpc"')
    .replace(/"Mesos((?:Leader|Follower|Pool)[A-Za-z0-9]*?)[0-9A-F]{8}"/g, '"$1"')
    .replace(/"Metadata":\{"aws:cdk:path":"[^"]*"\},?/g, '')
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, one]) => [key, sorted(one)]),
    )
  }
  return sorted(JSON.parse(nameless))
}

const hostileInventory = `${sampleInventory(1)}vars:
  mesos_cluster: '\${AWS::Region} %{x} {{ y }} <%= z %> "q" ''a'' ä☃😀'
`

test('mesosUserData provides the same bytes for a separate instance, whatever they contain', t => {
  const template = synthesised(stack => {
    new Instance(stack, 'Own', {
      vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['us-east-1a'],
        publicSubnetIds: ['subnet-a'],
      }),
      instanceType: new InstanceType('m6i.large'),
      machineImage: MachineImage.genericLinux({ 'us-east-1': 'ami-1' }),
      userData: mesosUserData(hostileInventory, 'c1-leader-1'),
    })
  })
  const own = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::EC2::Instance')
  const data = evaluate(own?.Properties.UserData, template)
  const [expected] = materialOf(clusterOf(hostileInventory)).nodes
  t.is(sha256(Buffer.from(String(data), 'base64')), expected?.userData.sha256 ?? '')
})

test('a cluster can be opened to others, and accepts other images', t => {
  const template = synthesised(stack => {
    const image = MachineImage.latestAmazonLinux2023({ cpuType: AmazonLinuxCpuType.X86_64 })
    const cluster = new MesosCluster(stack, 'Mesos', {
      inventory: clusterOf(sampleInventory(1)),
      vpc,
      images: { amd64: image },
    })
    const other = new MesosCluster(stack, 'Other', { inventory: sampleInventory(1).replace('c1', 'c2'), vpc })
    cluster.leaders.connections.allowFrom(other.followers, Port.tcp(5050), 'schedulers elsewhere')
    t.not(cluster.leaders.securityGroupId, other.leaders.securityGroupId)
    t.is(cluster.cluster.quorum, 1)
  })
  t.true(JSON.stringify(template.Parameters).includes('al2023'))
  const opened = Object.values(template.Resources).find(
    ({ Properties }) => Properties.Description === 'schedulers elsewhere',
  )
  t.like(opened, { Type: 'AWS::EC2::SecurityGroupIngress', Properties: { FromPort: 5050, ToPort: 5050 } })
})

test('problems with an inventory are thrown as data', t => {
  t.deepEqual(
    refusals(() =>
      clusterStack('groups:\n  a: { vars: { mesos_mode: leader }, count: 4, subnets: [subnet-a] }\n'),
    ),
    ['inventory.yaml:2:45: groups.a.count: must be odd, got 4; use 3 or 5'],
  )
  t.deepEqual(
    refusals(() =>
      mesosUserData(hostileInventory.replace('%{x}', '€{Token[TOKEN.1]}'.replace('€', '$')), 'c1-leader-1'),
    ),
    [
      'c1-leader-1: contains €{Token[TOKEN.1]}, which the CDK interprets as a token; pass the result of `renderUserData`, base64-encoded, to a CfnInstance'.replace(
        '€',
        '$',
      ),
    ],
  )
  t.deepEqual(
    refusals(() => mesosUserData(sampleInventory(1), 'c1-leader-2')),
    ['node: unknown node c1-leader-2; did you mean "c1-leader-1"?'],
  )
})

unless(linterMissing, test)('cfn-lint finds nothing in what the CDK makes', t => {
  const file = join(outdir, 'whole.json')
  writeFileSync(file, JSON.stringify(clusterStack(readFileSync('inventory.example.yaml', 'utf8'))))
  t.notThrows(() => lint([file]))
})
