import test from 'ava'
import { imagesByRegion, lastWords, packerReader, shortLines } from '../../scripts/image/packer-output.ts'

const said = [
  '1,,ui,say,==> amazon-ebs.machine: Prevalidating AMI Name: x',
  '2,,ui,say,==> amazon-ebs.machine: Launching a source AWS instance...',
  '3,,ui,say,==> amazon-ebs.machine: Provisioning with shell script: /tmp/packer-shell1011525030',
  '3,,ui,say,==> amazon-ebs.machine: Provisioning with shell script: /p/packages.sh',
  '4,,ui,say,==> amazon-ebs.machine: Setting up libc6...',
  '5,,ui,error,==> amazon-ebs.machine: verify: no SSH host key is left',
  '6,,ui,error,==> amazon-ebs.machine: Provisioning step had errors: Running the cleanup provisioner%!(PACKER_COMMA) if present...',
  '7,,ui,say,==> amazon-ebs.machine: Terminating the source AWS instance...',
  '8,amazon-ebs.machine,artifact,0,builder-id,mitchellh.amazonebs',
  '9,amazon-ebs.machine,artifact,0,id,us-east-1:ami-1%!(PACKER_COMMA)us-west-2:ami-2',
]

test('the steps of Packer are shown as short lines, without the output of provisioners', t => {
  const read = packerReader()
  const short = shortLines()
  t.deepEqual(
    said.flatMap(read).flatMap(event => short(event) ?? []),
    [
      'Launching a source AWS instance...',
      'provisioner packages',
      'Provisioning step had errors: Running the cleanup provisioner, if present...',
      'Terminating the source AWS instance...',
    ],
  )
})

test('the last lines of a failed build are those of its provisioner', t => {
  const read = packerReader()
  const lines = said.flatMap(read).flatMap(event => (event.kind === 'made' ? [] : [event.text]))
  t.is(lastWords(lines).at(-1), 'verify: no SSH host key is left')
  t.deepEqual(
    lastWords(['Error: no such subnet', 'Error: no such subnet', 'Wait completed after 1 second']),
    ['Error: no such subnet'],
  )
})

test('the results of a build are parsed by region', t => {
  const [made] = said.flatMap(packerReader()).filter(event => event.kind === 'made')
  t.like(made, { builder: 'mitchellh.amazonebs', source: 'amazon-ebs.machine' })
  t.deepEqual(imagesByRegion(made?.kind === 'made' ? made.id : ''), {
    'us-east-1': 'ami-1',
    'us-west-2': 'ami-2',
  })
})
