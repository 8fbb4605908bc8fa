import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { awsEnv } from '../harness/aws.ts'
import { mustSkip } from '../harness/cloud.ts'
import { run } from '../harness/command.ts'
import { startMoto } from '../harness/moto.ts'

const debian = '136693071363'
const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-base-'))

/** An image that moto reads from a file, because nobody can register one in the name of Debian. */
function image(ami_id: string, name: string, creation_date: string, changes: object = {}) {
  return {
    ami_id,
    name,
    creation_date: `${creation_date}T00:00:00.000Z`,
    owner_id: debian,
    architecture: 'x86_64',
    public: true,
    root_device_name: '/dev/xvda',
    root_device_type: 'ebs',
    virtualization_type: 'hvm',
    ...changes,
  }
}

const images = [
  image('ami-00000002', 'debian-12-amd64-20260302-2000', '2026-03-02'),
  image('ami-00000003', 'debian-12-amd64-20261102-2300', '2026-11-02'),
  image('ami-00000001', 'debian-12-amd64-20251102-1900', '2025-11-02'),
  image('ami-00000004', 'debian-12-arm64-20261109-2301', '2026-11-09', { architecture: 'arm64' }),
  image('ami-00000005', 'debian-13-amd64-20261110-2302', '2026-11-10'),
  image('ami-00000006', 'debian-12-backports-amd64-20261111-2303', '2026-11-11'),
  image('ami-00000007', 'debian-12-amd64-20261112-2304', '2026-11-12', { owner_id: '111122223333' }),
  image('ami-00000008', 'debian-12-amd64-20261113-2305', '2026-11-13', { state: 'pending' }),
]

/** Plans a bake in an account in which these images of Debian are visible. */
async function plan(seen: readonly object[], architectures: string, base = '') {
  const amis = join(mkdtempSync(join(folder, 'amis-')), 'amis.json')
  writeFileSync(amis, JSON.stringify(seen))
  const inventory = join(mkdtempSync(join(folder, 'inventory-')), 'inventory.yaml')
  writeFileSync(
    inventory,
    `cluster: based
image:
  architectures: [${architectures}]
${base}
  artifacts:
    - { name: consul, kind: zip, url: "file:consul.zip" }
    - { name: mesos, kind: deb, url: "file:mesos.deb" }
groups:
  leaders: { vars: { mesos_mode: leader }, count: 1, subnets: [subnet-a] }
`,
  )
  const moto = await startMoto({ MOTO_AMIS_PATH: amis })
  try {
    return await run('bake', ['--inventory', inventory, '--dry-run'], { env: awsEnv(moto.url) })
  } finally {
    await moto.stop()
  }
}

const withMoto = mustSkip() ? test.serial.skip : test.serial

withMoto('a bake starts from the newest Debian 12 image of Debian for each architecture', async t => {
  const { stdout, stderr } = await plan(images, 'amd64, arm64')
  t.is(stderr, '')
  t.regex(stdout, /^mesos for amd64, .*from debian-12-amd64-20261102-2300 \(ami-00000003\)$/m)
  t.regex(stdout, /^mesos for arm64, .*from debian-12-arm64-20261109-2301 \(ami-00000004\)$/m)
})

withMoto('if no Debian 12 image is found, the message contains the architecture and what to do', async t => {
  const { code, stdout, stderr } = await plan(images.slice(0, 3), 'amd64, arm64')
  t.is(code, 1)
  t.is(stdout, '')
  const what = 'no Debian 12 AMI from Debian found for arm64 in us-east-1; set image.base to an AMI'
  t.true(stderr.includes(`: image.base: ${what}\n`), stderr)
  t.false(stderr.includes('for amd64'), stderr)
})

withMoto('a given base image is used, and refused if it is for another architecture', async t => {
  const own = await plan(images, 'amd64', '  base: { amd64: ami-00000001 }')
  t.regex(own.stdout, /from debian-12-amd64-20251102-1900 \(ami-00000001\)$/m, own.stderr)
  const { code, stderr } = await plan(images, 'amd64', '  base: { amd64: ami-00000004 }')
  t.is(code, 1)
  const what = 'ami-00000004 not found for amd64 in us-east-1; set image.base to an AMI'
  t.true(stderr.includes(`: image.base.amd64: ${what}\n`), stderr)
})
