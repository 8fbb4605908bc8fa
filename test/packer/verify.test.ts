import { readFileSync } from 'node:fs'
import anyTest, { type TestFn } from 'ava'
import { startAsleep } from '../harness/asleep.ts'
import { bakedImage, bakedMissing } from '../harness/baked.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)

const listen = `python3 -m http.server --bind 127.0.0.1 8099 >/dev/null 2>&1 &
  for i in $(seq 50); do ss -Hltn | grep -q :8099 && break; sleep 0.1; done`

/** For each check: a command that makes it fail, and the resulting message. */
const faults: readonly [check: string, plant: string, says: RegExp][] = [
  ['consul has', `sed -i 's/1.22.7/1.22/' $share/artifacts.tsv`, /1\.22 was requested, .*v1\.22\.7/],
  ['mesos-master has', 'chmod -x /usr/sbin/mesos-master', /Permission denied/],
  ['mesos-agent has', `sed -i 's/1.11.0/11.0/' $share/artifacts.tsv`, /11\.0 was requested/],
  ['mesos-slave is', 'rm /usr/sbin/mesos-slave', /No such file/],
  [
    'marathon has the',
    `sed -i 's/1.11.24/1.11.25/' $share/artifacts.tsv`,
    /1\.11\.25 was requested, .*marathon-1\.11\.24/,
  ],
  ['marathon has a', `sed -i 's#^JAVA_HOME=.*#JAVA_HOME=/opt/none#' $etc/marathon-java.env`, /\/opt\/none/],
  [
    'libmesos has',
    'echo >/usr/lib/libmesos.so',
    /built without Java .* use a Mesos package with Java bindings, or bake without/,
  ],
  ['ZooKeeper is', 'rm /usr/share/java/zookeeper.jar', /VersionInfoMain/],
  ['dnsmasq is', double('dnsmasq', 'Dnsmasq version 2.85'), /dnsmasq is 2\.85/],
  ['every unit can', 'echo Restart=often >>$units/consul.service', /consul\.service:.*often/],
  ['every unit can', 'rm /opt/marathon/bin/marathon', /marathon\.service: Command .* is not executable/],
  ['every unit can', `sed -i 's#/usr/bin/java#/usr/bin/jaav#' $units/zookeeper.service`, /jaav/],
  [
    'no unexpected unit',
    'systemctl --root=/ --quiet enable mesos-leader.target',
    /enabled.*: mesos-leader\.target/,
  ],
  [
    'no unexpected unit',
    `printf '[Install]\nWantedBy=multi-user.target\n' >$units/mine.service; systemctl --root=/ --quiet enable mine`,
    /: mine\.service/,
  ],
  [
    'the node reports',
    'systemctl --root=/ --quiet disable mesos-bakery-console',
    /mesos-bakery-console\.service is not enabled/,
  ],
  [
    'the kernel boots',
    `sed -i 's/=host/=v1/' $etc/image.env`,
    /hierarchy=0 is not in \/etc\/default\/grub\.d/,
  ],
  ['the agent is configured', `sed -i 's/=host/=v1/' $etc/image.env`, /CGROUPS is v1, but .* is for v2/],
  ['the agent is configured', ': >$etc/cgroups.env', /CGROUPS is host, but .* is for v1/],
  ['of a leader', 'echo "write_files: 1" >>$samples/leader.yaml', /schema/],
  ['of a follower', 'echo "runcmd: true" >>$samples/follower.yaml', /schema/],
  ['of a mixed', 'echo "runcmd: true" >>$samples/mixed.yaml', /schema/],
  ['500 MB', double('df', '499'), /only 499 MB/],
  ['no program listens', listen, /127\.0\.0\.1:8099.*python3/],
  ['no node', 'mkdir -p /etc/consul.d; touch /etc/consul.d/server.json', /: \/etc\/consul\.d\/server\.json/],
  ['no daemon', 'mkdir -p /var/lib/mesos/meta', /: \/var\/lib\/mesos\/meta/],
  ['no daemon', 'touch /var/lib/mesos-bakery/boots', /: \/var\/lib\/mesos-bakery\/boots/],
  ['no SSH host key', 'touch /etc/ssh/ssh_host_rsa_key', /: \/etc\/ssh\/ssh_host_rsa_key/],
  ['no machine ID', 'echo 1 >/etc/machine-id', /: \/etc\/machine-id/],
  ['no cloud-init state', 'mkdir -p /var/lib/cloud/instances/i-1', /: \/var\/lib\/cloud\/instances\/i-1/],
  ['no log', 'echo >/var/log/dpkg.log', /: \/var\/log\/dpkg\.log/],
  ['no shell history', 'touch /root/.bash_history', /: \/root\/\.bash_history/],
  [
    'no credential',
    'mkdir -p /home/a/.ssh; touch /home/a/.ssh/authorized_keys',
    /: \/home\/a\/\.ssh\/authorized_keys/,
  ],
  ['no package cache', 'touch /var/cache/apt/archives/a.deb', /: \/var\/cache\/apt\/archives\/a\.deb/],
  ['no bake tool', 'mkdir -p /tmp/mesos-bakery', /: \/tmp\/mesos-bakery/],
]

/** A program with this name that precedes the real one on the PATH. */
function double(name: string, says: string): string {
  return `printf '#!/bin/sh\\necho "${says}"\\n' >/usr/local/sbin/${name}; chmod +x /usr/local/sbin/${name}`
}

const prepare =
  'share=/usr/share/mesos-bakery etc=/etc/mesos-bakery units=/etc/systemd/system samples=/tmp/samples'

/** Provides the samples of user data, like a bake; they are not part of the image. */
const bringSamples = ['leader', 'follower', 'mixed']
  .map(mode => [mode, readFileSync(`packer/samples/${mode}.yaml`).toString('base64')])
  .map(([mode, text]) => `mkdir -p /tmp/samples; base64 -d <<<${text} >/tmp/samples/${mode}.yaml`)
  .join('\n')

test('every check has a test that makes it fail', t => {
  const text = readFileSync('packer/rootfs/usr/lib/mesos-bakery/verify', 'utf8')
  const titles = [...text.matchAll(/^ {2}'(?:installed|samples|pristine)\|([^|]+)\|/gm)].map(
    ([, title = '']) => title,
  )
  t.true(titles.length > 25)
  for (const title of titles)
    t.true(
      faults.some(([check]) => title.includes(check)),
      title,
    )
})

test('verify detects each fault, and reports it in its last line', async t => {
  const image = await bakedImage()
  await Promise.all([0, 1].map(half => findAll(faults.filter((_, index) => index % 2 === half))))

  async function findAll(some: typeof faults) {
    for (const [check, plant, says] of some) {
      const machine = await startAsleep(image)
      try {
        const { code, stdout, stderr } = await machine.sh(
          `${prepare}\n${bringSamples}\n${plant}\n/usr/lib/mesos-bakery/verify --pristine --samples $samples "${check}"`,
        )
        const last = stdout.trimEnd().split('\n').at(-1) ?? ''
        t.is(code, 1, `${check}: ${stdout}${stderr}`)
        t.regex(last, says)
        t.true(last.startsWith('verify: '), last)
      } finally {
        await machine.remove()
      }
    }
  }
})

test('an image contains no samples of user data, and its cloud-init accepts those of a bake', async t => {
  const machine = await startAsleep(await bakedImage())
  t.teardown(machine.remove)
  const verify = '/usr/lib/mesos-bakery/verify'
  const find = 'find /usr/share/mesos-bakery /tmp -path "*samples*"'
  t.is((await machine.sh(find)).stdout, '')
  t.notRegex((await machine.sh(verify)).stdout, /cloud-init accepts/)
  const { stdout } = await machine.sh(
    `${bringSamples}\n${verify} --samples /tmp/samples "cloud-init accepts"`,
  )
  t.regex(stdout, /^(ok {4}cloud-init accepts the user data of a .*\n){3}verify: all checks passed\n$/)
})

test('an image without Marathon is verified, whether its libmesos has Java bindings or not', async t => {
  for (const java of ['', 'echo >/usr/lib/libmesos.so']) {
    const machine = await startAsleep(await bakedImage())
    t.teardown(machine.remove)
    await machine.sh(`rm -r /opt/marathon /etc/mesos-bakery/marathon-java.env; ${java}`)
    const { code, stdout } = await machine.sh('/usr/lib/mesos-bakery/verify')
    t.is(code, 0, stdout)
  }
})

test('verify reports several faults in one last line, and rejects unknown arguments', async t => {
  const machine = await startAsleep(await bakedImage())
  t.teardown(machine.remove)
  const verify = (args: string) => machine.sh(`/usr/lib/mesos-bakery/verify ${args}`)
  const { stdout } = await machine.sh(
    'touch /etc/ssh/ssh_host_a /root/.bash_history; /usr/lib/mesos-bakery/verify --pristine "is left"',
  )
  t.regex(stdout, /^verify: no SSH host key is left: \/etc\/ssh\/ssh_host_a \(and 1 more\)$/m)
  t.like(await verify('"is left"'), { code: 2, stderr: 'verify: no check title contains "is left"\n' })
  t.like(await verify('--pristin'), {
    code: 2,
    stderr: 'usage: verify [--pristine] [--samples FOLDER] [WORD]\n',
  })
})

const cgroups: readonly [image: string, machine: string, says: RegExp | undefined][] = [
  ['v1', 'mkdir /tmp/c/freezer', undefined],
  ['v1', 'touch /tmp/c/cgroup.controllers', /cgroup v1, but the machine booted with v2; .*cmdline/],
  ['v1', '', /without the v1 freezer/],
  ['v2', 'touch /tmp/c/cgroup.controllers', undefined],
  ['v2', 'mkdir /tmp/c/freezer', /cgroup v2, but the machine booted with v1/],
  ['host', '', undefined],
  ['v3', '', /CGROUPS in \/etc\/mesos-bakery\/image.env must be v1, v2 or host/],
]

test('the agent starts only with the cgroup version of its image', async t => {
  const machine = await startAsleep(await bakedImage())
  t.teardown(machine.remove)
  for (const [image, plant, says] of cgroups) {
    const { code, stderr } = await machine.sh(
      `rm -rf /tmp/c; mkdir /tmp/c; ${plant}
      sed -i 's/^CGROUPS=.*/CGROUPS=${image}/' /etc/mesos-bakery/image.env
      /usr/lib/mesos-bakery/assert-cgroups /tmp/c`,
    )
    t.is(code, says ? 1 : 0, `${image}, ${plant}: ${stderr}`)
    t.regex(stderr, says ?? /^$/)
  }
})

test('cgroup v1 is configured for the kernel and the agent', async t => {
  const machine = await startAsleep(await bakedImage())
  t.teardown(machine.remove)
  const script = readFileSync('packer/provision/cgroups.sh', 'utf8')
  const { code, stderr } = await machine.sh(`sed -i 's/=host/=v1/' /etc/mesos-bakery/image.env
    printf '#!/bin/sh\\necho updated >/tmp/grub\\n' >/usr/local/sbin/update-grub; chmod +x /usr/local/sbin/update-grub
    ${script}`)
  t.is(code, 0, stderr)
  t.like(
    await machine.sh('cat /tmp/grub /etc/default/grub.d/60-mesos-bakery.cfg /etc/mesos-bakery/cgroups.env'),
    {
      stdout: 'updated\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX systemd.unified_cgroup_hierarchy=0"\n',
    },
  )
  t.like(await machine.sh('/usr/lib/mesos-bakery/verify "cgroup version"'), { code: 0 })
})
