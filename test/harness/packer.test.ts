import { fileURLToPath } from 'node:url'
import { DescribeImagesCommand, DescribeSnapshotsCommand, EC2Client, type Image } from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { awsEnv, clientConfig } from './aws.ts'
import { pinnedVersion } from './cache.ts'
import { type Cloud, cloudTests } from './cloud.ts'
import { startMachine } from './machine.ts'
import { motoMissing } from './moto.ts'
import { packerEnv, packerMissing, runPacker } from './packer.ts'
import { podman, podmanMissing } from './podman.ts'
import { makeSshKey } from './ssh-key.ts'

const test = cloudTests(anyTest as TestFn<Cloud>, packerMissing() ?? podmanMissing() ?? motoMissing())
const template = fileURLToPath(new URL('packer', import.meta.url))

function vars(values: Record<string, unknown>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    return ['-var', `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`]
  })
}

test('Packer and its plugins have the pinned versions', async t => {
  const packer = pinnedVersion('packer')
  t.regex(
    (await runPacker(['version'])).stdout,
    new RegExp(`^Packer v${packer.replaceAll('.', '\\.')}$`, 'm'),
  )
  const { stdout } = await runPacker(['plugins', 'installed'])
  for (const plugin of ['amazon', 'docker']) {
    t.true(
      stdout.includes(`packer-plugin-${plugin}_v${pinnedVersion(`packer-plugin-${plugin}`)}_x5.`),
      stdout,
    )
  }
  t.like(await runPacker(['init', template]), { code: 0 })
  t.like(await runPacker(['fmt', '-check', template]), { code: 0 })
})

test('Packer bakes an image for Podman, which boots', async t => {
  const name = `mesos-bakery-test-${process.pid}`
  t.teardown(() => podman('image', 'rm', '--force', `localhost/${name}:1`))
  const built = await runPacker(['build', '-only=docker.container', ...vars({ name }), template])
  t.is(built.code, 0, built.stdout + built.stderr)
  const machine = await startMachine({ image: `localhost/${name}:1` })
  t.teardown(machine.remove)
  t.like(await machine.exec('cat', '/etc/baked'), { stdout: `${name} by docker\n` })
})

test('Packer bakes an image on EC2, with a container as its instance', async t => {
  const { proxy, account, ec2 } = t.context
  const key = await makeSshKey()
  t.teardown(key.remove)
  const machine = await startMachine({ sshKey: key.public })
  t.teardown(machine.remove)
  const ssh = { host: '127.0.0.1', port: machine.sshPort, key: key.file }
  const values = { name: 'proof', source_ami: account.images.amd64, subnet: account.subnets[0], ssh }
  const args = ['-only=amazon-ebs.machine', ...vars(values), template]
  const env = packerEnv(awsEnv(proxy.url))

  t.like(await runPacker(['validate', ...args], env), { code: 0 })
  const built = await runPacker(['build', ...args], env)
  t.is(built.code, 0, built.stdout + built.stderr)
  t.like(await machine.exec('cat', '/etc/baked'), { stdout: 'proof by amazon-ebs\n' })

  const west = new EC2Client({ ...clientConfig(proxy.url), region: 'us-west-2' })
  for (const region of [ec2, west]) {
    const { image, snapshot } = await baked(region)
    t.like(image, {
      State: 'available',
      Architecture: 'x86_64',
      ImdsSupport: 'v2.0',
      RootDeviceName: '/dev/xvda',
    })
    t.like(image, { DeprecationTime: '2099-01-01T00:00:00.000Z', Tags: [{ Key: 'part', Value: 'image' }] })
    t.like(image.BlockDeviceMappings?.[0]?.Ebs, { VolumeSize: 10, VolumeType: 'gp3', Encrypted: true })
    t.like(snapshot, { Encrypted: true, Tags: [{ Key: 'part', Value: 'snapshot' }] })
  }
  t.deepEqual(leftovers(proxy.calls.map(({ action }) => action)), [])

  const again = await runPacker(['build', ...args], env)
  t.is(again.code, 1)
  t.regex(again.stdout + again.stderr, /is used by an existing AMI/)
})

async function baked(ec2: EC2Client) {
  const Filters = [{ Name: 'name', Values: ['proof'] }]
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters }))
  const [image] = Images as [Image]
  const id = image.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? ''
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }))
  return { image, snapshot: Snapshots[0] ?? {} }
}

/** Resources that were created for the build and not deleted. */
function leftovers(actions: string[]): string[] {
  const pairs = {
    RunInstances: 'TerminateInstances',
    CreateSecurityGroup: 'DeleteSecurityGroup',
    CreateKeyPair: 'DeleteKeyPair',
  }
  return Object.entries(pairs).flatMap(([made, gone]) =>
    actions.includes(made) && !actions.includes(gone) ? [made] : [],
  )
}
