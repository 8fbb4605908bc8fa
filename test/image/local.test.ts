import { mkdirSync, writeFileSync } from 'node:fs'
import anyTest, { type TestFn } from 'ava'
import { type Bakehouse, killPacker, openBakehouse, processesOf, shortBuild } from '../harness/bakehouse.ts'
import { packerMissing } from '../harness/packer.ts'
import { BASE_IMAGE, podman, podmanMissing } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'

const test = unless(packerMissing() ?? podmanMissing(), anyTest as TestFn)

function openHouse(name: string, script = ''): Bakehouse {
  const house = openBakehouse()
  shortBuild(house, script)
  house.write('consul.zip', 'a stand-in')
  house.write('mesos.deb', 'another')
  house.write(
    'inventory.yaml',
    `target: local
image:
  name: ${name}
  container_base: ${BASE_IMAGE}
  artifacts:
    - { name: consul, kind: zip, url: "file:consul.zip" }
    - { name: mesos, kind: deb, url: "file:mesos.deb" }
groups:
  leaders: { vars: { mesos_mode: leader }, count: 1 }
`,
  )
  return house
}

const imagesOf = (name: string) =>
  podman('images', '--format', '{{.Tag}}', '--filter', `reference=localhost/mesos-bakery/${name}`)

test('the local image is baked once from pinned artifacts, and recorded', async t => {
  const name = `t${process.pid}`
  const house = openHouse(name)
  t.teardown(() => podman('image', 'rm', '--force', `localhost/mesos-bakery/${name}:latest`))
  t.like(await house.run('bake', '--frozen'), { code: 1 })
  t.like(await house.run('bake', '--dry-run'), {
    code: 0,
    stdout: `  + build  localhost/mesos-bakery/${name}\n`,
  })
  const { code, stdout, stderr } = await house.run('bake')
  t.is(code, 0, stderr)
  const [, reference = '', tag = ''] = /^Baked (localhost\/mesos-bakery\/\w+:(\w{12})) /.exec(stdout) ?? []
  t.teardown(() => podman('image', 'rm', '--force', reference))
  t.deepEqual((await imagesOf(name)).split('\n').sort(), [tag, 'latest'].sort())
  const [entry] = JSON.parse(house.read(`build/${name}/local/image.json`)).images
  t.true(entry.fingerprint.startsWith(tag))
  t.is(entry.ids.local, await podman('image', 'inspect', '--format', '{{.Id}}', reference))

  // Without Packer on the PATH, which the second bake does not need.
  const PATH = house.env.PATH?.replace(/[^:]*packer-[^:]*:/, '') ?? ''
  const again = await house.start('bake', ['--frozen'], { PATH }).ended
  t.like(again, { code: 0, stdout: `${reference} is up to date.\n` })

  house.write('packer/provision/short.sh', `${house.read('packer/provision/short.sh')}\n`)
  const missing = await house.start('bake', [], { PATH }).ended
  t.is(missing.code, 1)
  t.regex(missing.stderr, /error: packer: not found on the PATH; install HashiCorp Packer 1.10 or newer/)
})

test('a build that fails or is killed leaves no image, no container and no process behind', async t => {
  const name = `f${process.pid}`
  const failing = openHouse(name, 'echo the last word\nexit 1\n')
  const failed = await failing.run('bake')
  t.is(failed.code, 1)
  t.regex(failed.stderr, /the last word\n$/)
  const killed = openHouse(name, 'sleep 600\n')
  const { ended } = killed.start('bake', [])
  const log = `build/${name}/local/packer.log`
  const container = () =>
    /Container ID: (\w+)[\s\S]*Provisioning with/.exec(killed.exists(log) ? killed.read(log) : '')?.[1]
  for (let tries = 0; tries < 1_000 && container() === undefined; tries += 1) await pause()
  t.not(await containersOf(container()), '')
  killPacker(killed)
  t.is((await ended).code, 1)
  t.deepEqual(processesOf(killed), [])
  t.is(await imagesOf(name), '')
  t.is(await containersOf(container()), '')
})

test('without packages in the inventory, a launch is planned, but refused with where packages come from', async t => {
  const house = openHouse(`p${process.pid}`)
  house.write('inventory.yaml', house.read('inventory.yaml').replace(/ {2}artifacts:\n( {4}.*\n)+/, ''))
  const planned = await house.run('launch', '--dry-run')
  t.is(planned.code, 0, planned.stderr)
  t.regex(planned.stdout, / \+ seat 1 .* an image that has not been baked yet\n/)
  for (const command of ['launch', 'bake']) {
    const { code, stderr } = await house.run(command)
    t.is(code, 1)
    t.regex(stderr, /has no consul for \w+; .*docs\/packages\.md[\s\S]*has no mesos/)
    t.notRegex(stderr, /baking it/)
  }
})

test('an outdated Packer, or a different program with this name, is refused with what to install', async t => {
  const house = openHouse(`o${process.pid}`)
  for (const [answer, reason] of [
    ['Packer v1.9.4', 'Packer v1.9.4 is too old'],
    ['cracklib 2.9', 'the program on the PATH is not HashiCorp Packer'],
  ]) {
    const folder = `${house.folder}/packer-${answer}`
    mkdirSync(folder)
    writeFileSync(`${folder}/packer`, `#!/bin/sh\necho '${answer}'\n[ "$1" = version ]\n`, { mode: 0o755 })
    const { code, stderr } = await house.start('bake', [], { PATH: `${folder}:${house.env.PATH}` }).ended
    t.is(code, 1)
    const wanted = `error: packer: ${reason}; install HashiCorp Packer 1.10 or newer (developer.hashicorp.com`
    t.true(stderr.includes(wanted), stderr)
  }
})

test('after Ctrl-C, a bake exits with its own exit code, and leaves no image and no container behind', async t => {
  const name = `i${process.pid}`
  const house = openHouse(name, 'sleep 600\n')
  const { child, ended } = house.start('bake', [])
  const log = `build/${name}/local/packer.log`
  while (!(house.exists(log) && /Provisioning with/.test(house.read(log)))) await pause()
  child.kill('SIGINT')
  const { code, stderr } = await ended
  t.is(code, 130)
  t.regex(
    stderr,
    /interrupted: cleaning up[\s\S]*error: interrupted: no image was created, and nothing was published\n$/,
  )
  // Packer exited by itself: it was not killed after waiting for minutes for the command in its container.
  t.regex(house.read(log), /^Builds finished but no artifacts were created/m)
  t.is(await imagesOf(name), '')
  t.deepEqual(processesOf(house), [])
})

const containersOf = (id = 'none') => podman('ps', '--all', '--format', '{{.ID}}', '--filter', `id=${id}`)

const pause = () => new Promise(done => setTimeout(done, 200))
