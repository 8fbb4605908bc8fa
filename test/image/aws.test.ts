import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateKeyPairCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
  type Tag,
} from '@aws-sdk/client-ec2'
import { DeleteParameterCommand, GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { awsEnv, clientConfig } from '../harness/aws.ts'
import {
  type Bakehouse,
  killPacker,
  openBakehouse,
  processesOf,
  type Started,
  shortBuild,
} from '../harness/bakehouse.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { delay, hook, throttle } from '../harness/faults.ts'
import { type Machine, startMachine } from '../harness/machine.ts'
import { motoMissing } from '../harness/moto.ts'
import { packerMissing } from '../harness/packer.ts'
import { podmanMissing } from '../harness/podman.ts'
import { sequentialRoundTrips } from '../harness/round-trips.ts'
import { makeSshKey, type SshKey } from '../harness/ssh-key.ts'

const test = cloudTests(anyTest as TestFn<Cloud>, packerMissing() ?? podmanMissing() ?? motoMissing())

// A single machine stands in for all instances of these bakes, because their provisioner leaves nothing behind.
let shared: { readonly key: SshKey; readonly machine: Machine } | undefined
anyTest.after.always(async () => {
  await shared?.machine.remove()
  await shared?.key.remove()
})

async function theMachine() {
  if (shared !== undefined) return shared
  const key = await makeSshKey()
  shared = { key, machine: await startMachine({ sshKey: key.public }) }
  return shared
}

const regions = ['us-east-1', 'us-west-2']

/** A bakehouse whose image has a unique name, with a single short provisioner. */
async function openHouse({ account, proxy }: Cloud, name: string, script = ''): Promise<Bakehouse> {
  const { key, machine } = await theMachine()
  const house = openBakehouse(awsEnv(proxy.url), { sshPort: machine.sshPort, key: key.file })
  shortBuild(house, script)
  house.write('consul.zip', 'a stand-in')
  house.write('mesos.deb', 'another')
  house.write(
    'inventory.yaml',
    `cluster: ${name}
image:
  name: ${name}
  base: { amd64: ${account.images.amd64} }
  subnet: ${account.subnets[0]}
  regions: [us-east-1, us-west-2]
  artifacts:
    - { name: consul, kind: zip, url: "file:consul.zip" }
    - { name: mesos, kind: deb, url: "file:mesos.deb", version: 1.11.0 }
groups:
  leaders: { vars: { mesos_mode: leader }, count: 1, subnets: [${account.subnets[0]}] }
`,
  )
  return house
}

/** What exists of an image in each region, according to the API. */
async function imagesOf({ proxy }: Cloud, name: string) {
  return Promise.all(
    regions.map(async region => {
      const config = { ...clientConfig(proxy.url), region }
      const query = { Owners: ['self'], Filters: [{ Name: 'name', Values: [`${name}-*`] }] }
      const { Images = [] } = await new EC2Client(config).send(new DescribeImagesCommand(query))
      const names = { Names: [`/mesos-bakery/${name}/amd64`] }
      const { Parameters = [] } = await new SSMClient(config).send(new GetParametersCommand(names))
      return { images: Images.map(({ ImageId }) => ImageId), published: Parameters[0]?.Value }
    }),
  )
}

/** Resources with the tag of a bake that do not belong to a completed image. */
async function leftovers({ proxy }: Cloud): Promise<readonly string[]> {
  const Filters = [{ Name: 'tag-key', Values: ['mesos-bakery:run'] }]
  const found = await Promise.all(
    regions.map(async region => {
      const ec2 = new EC2Client({ ...clientConfig(proxy.url), region })
      const [machines, volumes, keys, groups, images, snapshots] = await Promise.all([
        ec2.send(new DescribeInstancesCommand({ Filters })),
        ec2.send(new DescribeVolumesCommand({ Filters })),
        ec2.send(new DescribeKeyPairsCommand({ Filters })),
        ec2.send(new DescribeSecurityGroupsCommand({ Filters })),
        ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters })),
        ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters })),
      ])
      const isUnproven = ({ Tags = [] }: { readonly Tags?: readonly Tag[] | undefined }) =>
        !Tags.some(({ Key }) => Key === 'mesos-bakery:proven')
      return [
        (machines.Reservations ?? [])
          .flatMap(({ Instances = [] }) => Instances)
          .filter(({ State }) => State?.Name !== 'terminated')
          .map(({ InstanceId }) => InstanceId),
        (volumes.Volumes ?? []).map(({ VolumeId }) => VolumeId),
        (keys.KeyPairs ?? []).map(({ KeyName }) => KeyName),
        (groups.SecurityGroups ?? []).map(({ GroupId }) => GroupId),
        (images.Images ?? []).filter(isUnproven).map(({ ImageId }) => ImageId),
        (snapshots.Snapshots ?? []).filter(isUnproven).map(({ SnapshotId }) => SnapshotId),
      ].flat()
    }),
  )
  return found.flat().map(String)
}

const nothing = [
  { images: [], published: undefined },
  { images: [], published: undefined },
]

/** Nothing is published, nothing is left behind, and no process of the bake is running. */
async function isClean(t: ExecutionContext<Cloud>, house: Bakehouse, name: string): Promise<void> {
  t.deepEqual(await imagesOf(t.context, name), nothing)
  t.deepEqual(await leftovers(t.context), [])
  t.deepEqual(processesOf(house), [])
}

let sharedHouse: Bakehouse | undefined
async function theHouse(cloud: Cloud): Promise<Bakehouse> {
  sharedHouse ??= await openHouse(cloud, 'whole')
  return sharedHouse
}

test('a bake publishes an image in each region, launch uses it, and the next bake does nothing', async t => {
  const { proxy } = t.context
  const house = await theHouse(t.context)
  const first = await house.run('bake')
  t.is(first.code, 0, first.stderr)
  const [east, west] = await imagesOf(t.context, 'whole')
  t.deepEqual(east?.images, [east?.published])
  t.deepEqual(west?.images, [west?.published])
  t.is(
    first.stdout,
    `whole for amd64 is ${east?.published} in us-east-1\nwhole for amd64 is ${west?.published} in us-west-2\n`,
  )
  t.deepEqual(await leftovers(t.context), [])

  const [entry] = JSON.parse(house.read('build/whole/image.json')).images
  t.like(entry, { architecture: 'amd64', target: 'aws', version: '0.1.0' })
  t.deepEqual(entry.ids, { 'us-east-1': east?.published, 'us-west-2': west?.published })
  t.true(entry.packages.some(({ name }: { name: string }) => name === 'cloud-init'))
  const parts = JSON.parse(house.read('build/whole/sbom-amd64.cdx.json'))
  t.is(parts.components.length, entry.packages.length + 2)

  const plan = await house.run('launch', '--dry-run', '--json')
  t.true(plan.stdout.includes(east?.published ?? '-'), plan.stderr)

  // Without Packer on the PATH, which the second bake does not need.
  proxy.calls.length = 0
  // Longer than a busy machine may take to load what each call requires.
  proxy.fault(delay(2_000))
  const PATH = house.env.PATH?.replace(/[^:]*packer-[^:]*:/, '') ?? ''
  t.not(PATH, house.env.PATH)
  const second = await house.start('bake', [], { PATH }).ended
  t.is(second.code, 0, second.stderr)
  t.regex(second.stdout, /No changes/)
  t.true(sequentialRoundTrips(proxy.calls) <= 4, String(sequentialRoundTrips(proxy.calls)))
  t.deepEqual(
    proxy.calls.filter(({ action }) => !/^(Describe|Get)/.test(action)),
    [],
  )
})

test('an existing image is copied to an additional region, and published if its parameter is missing', async t => {
  const { ssm, proxy } = t.context
  const house = await theHouse(t.context)
  const west = new EC2Client({ ...clientConfig(proxy.url), region: 'us-west-2' })
  const [before, gone] = await imagesOf(t.context, 'whole')
  await ssm.send(new DeleteParameterCommand({ Name: '/mesos-bakery/whole/amd64' }))
  await west.send(new DeregisterImageCommand({ ImageId: gone?.published }))
  const { code, stderr } = await house.run('bake')
  t.is(code, 0, stderr)
  t.notRegex(stderr, /\+ build/)
  const [east, copy] = await imagesOf(t.context, 'whole')
  t.deepEqual(east, before)
  t.deepEqual(copy?.images, [copy?.published])
  t.not(copy?.published, gone?.published)
  t.deepEqual(await leftovers(t.context), [])
})

test('a changed byte in a provisioner causes a new image, which is published instead', async t => {
  const house = await theHouse(t.context)
  const [before] = await imagesOf(t.context, 'whole')
  house.write('packer/provision/short.sh', `${house.read('packer/provision/short.sh')}\n`)
  const again = await house.run('bake', '--region', 'us-east-1')
  t.is(again.code, 0, again.stderr)
  const [after] = await imagesOf(t.context, 'whole')
  t.is(after?.images.length, 2)
  t.false(before?.images.includes(after?.published))
  t.true(again.stderr.includes(`instead of ${before?.published}`), again.stderr)
})

test('--force bakes an image that already exists', async t => {
  const house = await theHouse(t.context)
  const [before] = await imagesOf(t.context, 'whole')
  const { code, stderr } = await house.run('bake', '--region', 'us-east-1', '--force')
  t.is(code, 0, stderr)
  t.is((await imagesOf(t.context, 'whole'))[0]?.images.length, (before?.images.length ?? 0) + 1)
})

test('an artifact with changed content is refused before anything is started', async t => {
  const house = await openHouse(t.context, 'refused')
  house.write('packer/provision/short.sh', 'exit 1\n')
  t.like(await house.run('bake'), { code: 1 })
  const lock = house.read('artifacts.lock.json')
  const [, sum = ''] = /"mesos".*"sha256":"(\w+)"/.exec(lock) ?? []
  const other = `${sum.startsWith('0') ? '1' : '0'}${sum.slice(1)}`
  house.write('artifacts.lock.json', lock.replace(sum, other))
  t.context.proxy.calls.length = 0
  const { code, stderr } = await house.run('bake')
  t.is(code, 1)
  const [, said = ''] = /error: (artifact mesos: .*)/.exec(stderr) ?? []
  for (const word of [sum, other, 'nothing was unpacked', 'remove its entry']) {
    t.true(said.includes(word), said)
  }
  t.deepEqual(changesOf(t.context), [])
  t.is(house.read('artifacts.lock.json'), lock.replace(sum, other))
})

test('a mistake in the templates is reported before any instance is started', async t => {
  const house = await openHouse(t.context, 'mistaken')
  house.write('packer/mistake.pkr.hcl', 'build {\n  sources = ["source.amazon-ebs.mahcine"]\n}\n')
  t.context.proxy.calls.length = 0
  const { code, stderr } = await house.run('bake')
  t.is(code, 1)
  t.regex(stderr, /error: packer validate failed:\n[\s\S]*mahcine/)
  t.deepEqual(changesOf(t.context), [])
})

/** The calls that change something. */
function changesOf({ proxy }: Cloud) {
  return proxy.calls.filter(({ action }) => !/^(Describe|Get)/.test(action))
}

test('a failed check fails the bake, and is reported in its last line', async t => {
  const check = 'verify: no SSH host key is left: /etc/ssh/ssh_host_rsa_key'
  const house = await openHouse(t.context, 'unverified', `echo '${check}'\nexit 1\n`)
  const { code, stdout, stderr } = await house.run('bake')
  t.is(code, 1)
  t.is(stdout, '')
  t.is(stderr.trimEnd().split('\n').at(-1)?.trim(), check)
  await isClean(t, house, 'unverified')
})

/** Runs `act` once, when the bake makes a call. */
async function bakeWith(
  t: ExecutionContext<Cloud>,
  house: Bakehouse,
  call: string,
  act: (started: Started) => void,
) {
  const started = house.start('bake', [])
  const clear = t.context.proxy.fault(hook(call, () => act(started), { times: 1 }))
  const ran = await started.ended
  clear()
  return ran
}

// Before the image is created, and when it and its copy exist but are not complete.
for (const call of ['StopInstances', 'EnableImageDeprecation']) {
  test(`if Packer is killed at ${call}, nothing is left behind`, async t => {
    const house = await openHouse(t.context, 'killed')
    const { code, stderr } = await bakeWith(t, house, call, () => killPacker(house))
    t.is(code, 1)
    t.regex(stderr, /removing the resources of this bake: .*instance i-/)
    await isClean(t, house, 'killed')
  })
}

test('after Ctrl-C Packer cleans up, and nothing is published', async t => {
  const house = await openHouse(t.context, 'interrupted')
  const { code, stderr } = await bakeWith(t, house, 'StopInstances', ({ child }) => child.kill('SIGINT'))
  t.is(code, 130, stderr)
  t.regex(stderr, /interrupted: cleaning up/)
  t.regex(stderr, /error: interrupted: no image was created, and nothing was published/)
  await isClean(t, house, 'interrupted')
})

test('the next bake removes and reports what a killed bake left behind', async t => {
  const house = await openHouse(t.context, 'left')
  await bakeWith(t, house, 'EnableImageDeprecation', ({ child }) => child.kill('SIGKILL'))
  await until(() => processesOf(house).length === 0)
  t.true((await leftovers(t.context)).length > 0)
  const [, run = ''] = /left by bake (\S+)/.exec((await house.run('bake', '--dry-run')).stdout) ?? []
  const Tags = [{ Key: 'mesos-bakery:run', Value: run }]
  const TagSpecifications = [{ ResourceType: 'key-pair' as const, Tags }]
  await t.context.ec2.send(new CreateKeyPairCommand({ KeyName: 'packer_left', TagSpecifications }))
  const { code, stderr } = await house.run('bake')
  t.is(code, 0, stderr)
  t.regex(stderr, /removing the resources of an interrupted bake: .*key pair packer_left/)
  t.deepEqual(await leftovers(t.context), [])
  const [east] = await imagesOf(t.context, 'left')
  t.deepEqual(east?.images, [east?.published])
})

test('throttled calls are retried, and if throttling persists, nothing is started', async t => {
  const { proxy } = t.context
  const house = await openHouse(t.context, 'throttled')
  const clear = proxy.fault(throttle('GetParameters'))
  const refused = await house.run('bake')
  clear()
  t.is(refused.code, 1)
  t.regex(refused.stderr, /error: AWS: ThrottlingException: Rate exceeded/)
  await isClean(t, house, 'throttled')
  for (const call of ['DescribeImages', 'CreateSecurityGroup', 'CreateImage', 'PutParameter']) {
    proxy.fault(throttle(call, { times: 2 }))
  }
  const { code, stderr } = await house.run('bake')
  t.is(code, 0, stderr)
})

async function until(is: () => boolean): Promise<void> {
  for (let tries = 0; !is() && tries < 1_200; tries += 1) await sleep(100)
}
