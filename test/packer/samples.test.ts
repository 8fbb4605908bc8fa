import { readFileSync } from 'node:fs'
import test from 'ava'
import { compareWithFile, expectedFiles } from '../harness/cases.ts'

/** The golden file that each sample is a copy of. `verify` validates the samples with the cloud-init of an image. */
const samples = {
  leader: ['three-leaders', 'cluster1-leader-1.yaml'],
  follower: ['three-leaders', 'cluster1-mesos_followers.yaml'],
  mixed: ['mixed', 'tiny-leader-1.yaml'],
} as const

for (const [mode, [name, file]] of Object.entries(samples)) {
  test(`the sample of a ${mode} is the user data that is currently rendered`, t => {
    const text = expectedFiles(name).get(file) ?? ''
    compareWithFile(t, `packer/samples/${mode}.yaml`, text)
  })
}

test('verify checks every sample with cloud-init', t => {
  const verify = readFileSync('packer/rootfs/usr/lib/mesos-bakery/verify', 'utf8')
  for (const mode of Object.keys(samples))
    t.true(verify.includes(`'samples|cloud-init accepts the user data of a ${mode}`), mode)
})
