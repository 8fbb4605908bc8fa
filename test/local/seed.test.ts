import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { seedFiles, writeSeed } from '../../scripts/targets/containers/engine/nocloud-seed.ts'
import { noContainers, planContainers } from '../../scripts/targets/containers/plan.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import { inFolder } from '../bench/folder.ts'
import { clusterOf, factsOf, sampleInventory } from '../harness/sample.ts'

const seed = { name: 'c1-my_web-1', userData: '#cloud-config\n{}\n', join: ['10.1.0.4', '10.1.0.5'] }

test('a seed contains the user data byte for byte, and the identity of the machine', t => {
  const files = seedFiles(seed, 'ab12')
  t.is(files['user-data'], seed.userData)
  t.deepEqual(JSON.parse(files['meta-data'] ?? ''), {
    'instance-id': 'i-ab12',
    'local-hostname': 'c1-my-web-1',
  })
})

test('the difference from EC2 is a valid shell script', t => {
  const script = seedFiles(seed, 'ab12')['vendor-data'] ?? ''
  t.is(spawnSync('sh', ['-n'], { input: script }).status, 0)
  const [, json = ''] = /local\.json <<'END'\n(.*)\nEND/.exec(script) ?? []
  t.deepEqual(JSON.parse(json), { retry_join: seed.join, retry_interval: '1s' })
})

test('both targets boot a seat, and a pool, with the same bytes', t => {
  for (const leaders of [1, 3, 5]) {
    const facts = factsOf(clusterOf(sampleInventory(leaders)))
    const local = planContainers({ ...facts, image: 'x:y', actual: noContainers }).steps
    const aws = planLaunch(facts).steps
    for (const step of aws) {
      if (step.action === 'delete') continue
      if (step.kind === 'seat') {
        const same = local.find(one => one.kind === 'seat' && one.name === step.name)
        t.deepEqual(same && 'userData' in same && same.userData, step.userData)
      }
      if (step.kind === 'launch template' && step.template.userData !== undefined) {
        const same = local.find(one => 'node' in one && one.node === step.name)
        t.deepEqual(same && 'userData' in same && same.userData, step.template.userData)
      }
    }
  }
})

test('a seed with secrets has one more file, which only its owner reads', async t => {
  await inFolder(async folder => {
    for (const bundle of [undefined, '{"role":"follower"}']) {
      const place = join(folder, bundle === undefined ? 'open' : 'secured')
      await writeSeed(place, { ...seed, bundle }, 'ab12')
      const secrets = join(place, 'seed', 'mesos-bakery', 'secrets.json')
      t.is(existsSync(secrets), bundle !== undefined)
      if (bundle === undefined) continue
      t.is(readFileSync(secrets, 'utf8'), bundle)
      t.is(statSync(secrets).mode & 0o777, 0o400)
    }
  })
})
