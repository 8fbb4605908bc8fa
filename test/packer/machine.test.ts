import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeImagesCommand, DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { awsEnv, clientConfig } from '../harness/aws.ts'
import { artifactsToBake, bakedMissing } from '../harness/baked.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { startMachine } from '../harness/machine.ts'
import { motoMissing } from '../harness/moto.ts'
import { packerEnv, runPacker } from '../harness/packer.ts'
import { makeSshKey } from '../harness/ssh-key.ts'

const test = cloudTests(anyTest as TestFn<Cloud>, bakedMissing() ?? motoMissing())

test('an AMI is baked with the same provisioners as a container', async t => {
  const { account, proxy } = t.context
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-machine-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const key = await makeSshKey()
  t.teardown(key.remove)
  const machine = await startMachine({ sshKey: key.public })
  t.teardown(machine.remove)
  const packages = join(folder, 'packages.tsv')
  const values = {
    name: 'mesos',
    fingerprint: '0123456789abcdef'.repeat(4),
    version: '0.1.0',
    architecture: 'amd64',
    cgroups: 'v1',
    artifacts: await artifactsToBake(),
    packages_file: packages,
    source_ami: account.images.amd64,
    instance_type: 't3.micro',
    subnet_id: account.subnets[0],
    copy_regions: ['us-west-2'],
    deprecate_at: '2099-01-01T00:00:00Z',
    tags: { 'mesos-bakery:image': 'mesos' },
    run_tags: { 'mesos-bakery:run': 'this one' },
    ec2_endpoint: proxy.url,
    ssh: { username: 'debian', host: '127.0.0.1', port: machine.sshPort, key: key.file },
  }
  const file = join(folder, 'bake.pkrvars.json')
  writeFileSync(file, JSON.stringify(values))

  const args = ['build', '-only=amazon-ebs.machine', `-var-file=${file}`, 'packer']
  const { code, stdout, stderr } = await runPacker(args, packerEnv(awsEnv(proxy.url)))
  t.is(code, 0, stdout + stderr)

  t.regex(readFileSync(packages, 'utf8'), /^libzookeeper-java\t3\.8\.\S+\tall$/m)
  const report = (await machine.exec('/usr/lib/mesos-bakery/verify', '--pristine')).stdout
  t.regex(report, /verify: all checks passed\n$/)
  const image = await machine.exec('cat', '/etc/mesos-bakery/image.env')
  t.is(image.stdout, `NAME=mesos\nVERSION=0.1.0\nFINGERPRINT=${values.fingerprint}\nCGROUPS=v1\n`)
  for (const region of ['us-east-1', 'us-west-2']) await isAsAsked(t, region)
})

async function isAsAsked(t: ExecutionContext<Cloud>, region: string): Promise<void> {
  const ec2 = new EC2Client({ ...clientConfig(t.context.proxy.url), region })
  const Filters = [{ Name: 'name', Values: ['mesos-amd64-0123456789ab'] }]
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters }))
  t.is(Images.length, 1)
  const [image] = Images
  t.like(image, { Public: false, ImdsSupport: 'v2.0', DeprecationTime: '2099-01-01T00:00:00.000Z' })
  const disk = image?.BlockDeviceMappings?.[0]?.Ebs
  t.like(disk, { VolumeType: 'gp3', Encrypted: true })
  const { Snapshots = [] } = await ec2.send(
    new DescribeSnapshotsCommand({ SnapshotIds: [disk?.SnapshotId ?? ''] }),
  )
  t.true(Snapshots[0]?.Encrypted)
  for (const { Tags = [] } of [image ?? {}, Snapshots[0] ?? {}]) {
    t.is(Tags.find(tag => tag.Key === 'mesos-bakery:image')?.Value, 'mesos')
  }
}
