import { readFileSync } from 'node:fs'
import anyTest, { type TestFn } from 'ava'
import { startAsleep } from '../harness/asleep.ts'
import { bakedImage, bakedMissing } from '../harness/baked.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)

const script = readFileSync('packer/provision/artifacts.sh', 'utf8')

/**
 * Removes what the image contains, and provides what an upload of these artifacts would: name, kind, and archive
 * format.
 */
function upload(artifacts: readonly (readonly [name: string, kind: string, pack: string])[]): string {
  const each = artifacts.map(
    ([name, kind, pack]) => `rm -rf /tmp/in; mkdir -p /tmp/in; cd /tmp/in
      ${pack}
      echo "${name} ${kind} $(sha256sum $up/artifacts/${name} | cut -d' ' -f1) ${name} 1.2" >>$up/artifacts.list`,
  )
  return `set -e; up=/tmp/mesos-bakery; mkdir -p $up/artifacts
    rm -rf /usr/sbin/mesos-* /usr/local/bin/consul /opt/* /etc/mesos-bakery/marathon-java.env
    ${each.join('\n')}`
}

const program = (path: string) => `install -D /dev/null ${path}`
const tar = (name: string, what: string) => `tar -czf $up/artifacts/${name} ${what}`
const consul = ['consul', 'tar', `${program('consul')}; ${tar('consul', 'consul')}`] as const
const mesos = ['mesos', 'tar', `${program('usr/sbin/mesos-agent')}; ${tar('mesos', 'usr')}`] as const

const layouts: readonly [string, readonly (readonly [string, string, string])[], readonly string[]][] = [
  [
    'a tar of /',
    [consul, mesos],
    ['/usr/local/bin/consul', '/usr/sbin/mesos-agent', '/usr/sbin/mesos-slave'],
  ],
  [
    'a tar of /usr/local',
    [
      consul,
      ['mesos', 'tar', `${program('sbin/mesos-agent')}; ${program('lib/libmesos.so')}; ${tar('mesos', '.')}`],
    ],
    ['/usr/local/sbin/mesos-agent', '/usr/local/sbin/mesos-slave', '/usr/local/lib/libmesos.so'],
  ],
  [
    'an archive with a versioned directory',
    [
      ['consul', 'tar', `${program('consul_1.2/consul')}; ${tar('consul', 'consul_1.2')}`],
      ['mesos', 'tar', `${program('mesos-1.2/sbin/mesos-agent')}; ${tar('mesos', 'mesos-1.2')}`],
      ['marathon', 'tar', `${program('marathon-1.2/bin/marathon')}; ${tar('marathon', 'marathon-1.2')}`],
      ['java', 'tar', `${program('jre8/bin/java')}; ${tar('java', 'jre8')}`],
    ],
    [
      '/usr/local/sbin/mesos-slave',
      '/opt/mesos-bakery/marathon-1.2/bin/marathon',
      '/opt/marathon-java/bin/java',
    ],
  ],
  [
    'a Marathon without a top-level directory',
    [consul, mesos, ['marathon', 'tar', `${program('bin/marathon')}; ${tar('marathon', '.')}`]],
    ['/opt/marathon/bin/marathon'],
  ],
]

for (const [what, artifacts, files] of layouts) {
  test(`${what} is installed at the right place`, async t => {
    const machine = await startAsleep(await bakedImage())
    t.teardown(machine.remove)
    const { code, stderr } = await machine.sh(`${upload(artifacts)}\n${script}`)
    t.is(code, 0, stderr)
    t.like(await machine.sh(`stat --format=%n ${files.join(' ')}`), { stdout: `${files.join('\n')}\n` })
    const listed = await machine.sh('cut -f1,2 /usr/share/mesos-bakery/artifacts.tsv')
    t.is(listed.stdout, artifacts.map(([name]) => `${name}\t1.2\n`).join(''))
    const java = await machine.sh('sed -n s/^JAVA_HOME=//p /etc/mesos-bakery/marathon-java.env')
    const own = artifacts.some(([name]) => name === 'java')
    const has = artifacts.some(([name]) => name === 'marathon')
    t.is(java.stdout, has ? (own ? '/opt/marathon-java\n' : '/usr/lib/jvm/default-java\n') : '')
  })
}

test('Marathon gets the libmesos with Java bindings, wherever it is', async t => {
  const machine = await startAsleep(await bakedImage())
  t.teardown(machine.remove)
  const found = async (plant: string) => {
    const marathon = ['marathon', 'tar', `${program('bin/marathon')}; ${tar('marathon', '.')}`] as const
    const libraries = `rm -f /usr/lib/libmesos.so; ${plant}`
    const { code, stderr } = await machine.sh(`${upload([consul, mesos, marathon])}\n${libraries}\n${script}`)
    t.is(code, 0, stderr)
    const library = 'sed -n s/^MESOS_NATIVE_JAVA_LIBRARY=//p /etc/mesos-bakery/marathon-java.env'
    return (await machine.sh(`${library}; rm -rf /tmp/mesos-bakery /usr/local/lib/libmesos*`)).stdout.trim()
  }
  t.is(await found(''), '')
  t.is(await found('touch /usr/lib/libmesos.so'), '/usr/lib/libmesos.so')
  const other = 'echo Java_org_apache_mesos_X >/usr/local/lib/libmesos-java.so'
  t.is(await found(`touch /usr/lib/libmesos.so; ${other}`), '/usr/local/lib/libmesos-java.so')
})

test('an archive without Consul is refused', async t => {
  const machine = await startAsleep(await bakedImage())
  t.teardown(machine.remove)
  const empty = ['consul', 'tar', `${program('readme')}; ${tar('consul', 'readme')}`] as const
  const { code, stderr } = await machine.sh(`${upload([empty, mesos])}\n${script}`)
  t.is(code, 1)
  t.regex(stderr, /^artifacts: the archive of consul does not contain a file named consul$/m)
})

test('nothing is unpacked if a checksum is wrong', async t => {
  const machine = await startAsleep(await bakedImage())
  t.teardown(machine.remove)
  const { code, stderr } = await machine.sh(`${upload([consul, mesos])}
    printf x >>$up/artifacts/mesos
    ${script}`)
  t.is(code, 1)
  t.regex(stderr, /^artifacts: mesos does not have sha256 [0-9a-f]{64}/m)
  t.not((await machine.sh('ls /usr/local/bin/consul')).code, 0)
})
