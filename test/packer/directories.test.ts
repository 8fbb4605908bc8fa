import { readFileSync } from 'node:fs'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { isSystemDirectory, owners } from '../../scripts/cluster/system-directories.ts'
import { type Machine, startMachine } from '../harness/machine.ts'
import { podmanMissing } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'
import { codesIn } from '../harness/sample.ts'

// Whether a directory or a port works depends on systemd and Linux, so each is tested with the unit of the daemon. A
// few shell commands stand in for the daemon itself.

const test = unless(podmanMissing(), anyTest as TestFn)
const rootfs = (path: string) => readFileSync(`packer/rootfs${path}`, 'utf8')
const units = '/etc/systemd/system'
const leader = 'groups: { leaders: { vars: { mesos_mode: leader } } }'
const follower = 'groups: { leaders: { vars: { mesos_mode: leader } }, web: { min: 1 } }'

/** The unit of a daemon, with a different program and without its dependencies. */
function unitOf(name: string, program: string): readonly { path: string; content: string }[] {
  const others =
    /^(Requires|After|PartOf|Condition\w+|Assert\w+|EnvironmentFile|Restart\w*|Type|ExecStartPre=\/\S+|ExecStart)\b.*\n/gm
  const service = `[Service]\nType=oneshot\nEnvironmentFile=/etc/mesos-bakery/probe.env\nExecStart=/bin/sh -euc '${program}'`
  const unit = rootfs(`${units}/${name}.service`).replaceAll(others, '').replace('[Service]', service)
  return [
    { path: `${units}/${name}.service`, content: unit },
    {
      path: `${units}/${name}.service.d/hardening.conf`,
      content: rootfs('/usr/share/mesos-bakery/hardening.conf'),
    },
  ]
}

const listen = 'python3 -c "import sys, socket; socket.create_server((str(), int(sys.argv[1])))" "$PORT"'

// provision/services.sh does not change the agent.
const files = [
  ...unitOf('mesos-master', 'mkdir -p "$MESOS_WORK_DIR/replicated_log"; touch "$MESOS_LOG_DIR/log"'),
  ...unitOf('zookeeper', 'cd "$DATA"; cat myid >/dev/null; mkdir -p version-2'),
  ...unitOf('marathon', 'cat "$FILE" >/dev/null'),
  ...unitOf('consul', listen),
  ...unitOf('mesos-agent', listen).slice(0, 1),
  ...[
    '/usr/lib/mesos-bakery/zookeeper-data',
    '/etc/sysusers.d/mesos-bakery.conf',
    '/etc/tmpfiles.d/mesos-bakery.conf',
  ].map(path => ({ path, content: rootfs(path) })),
]

const folders = ['/etc', '/srv', '/var/lib', '/home/ops', '/root', '/tmp', '/var/tmp', '/dev']

const setUp = `set -e
  chmod +x /usr/lib/mesos-bakery/zookeeper-data
  systemd-sysusers; systemd-tmpfiles --create
  install -d /etc/mesos-bakery /etc/zookeeper/conf /etc/consul.d /home/ops
  install -d -o consul -m 750 /var/lib/consul
  for folder in ${folders.join(' ')}; do echo 1 >$folder/file; done
  echo 1 >/etc/zookeeper/conf/myid; systemctl daemon-reload`

// The default of Linux, which engines lower in their containers.
const lowPorts = ['--sysctl', 'net.ipv4.ip_unprivileged_port_start=1024']

/** Whether a unit starts with the given environment. */
async function starts(
  machine: Machine,
  unit: string,
  env: Readonly<Record<string, string>>,
): Promise<boolean> {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const script = `printf '%s\\n' ${lines.join(' ')} >/etc/mesos-bakery/probe.env
    echo dataDir=${env.DATA ?? ''} >/etc/zookeeper/conf/zoo.cfg
    systemctl start ${unit}.service`
  return succeeds(machine, script)
}

async function succeeds(machine: Machine, script: string): Promise<boolean> {
  return (await machine.exec('bash', '-c', script)).code === 0
}

const directories = [
  ...['/srv/data', '/data', '/mnt/data', '/opt/data', '/var/lib/data', '/var/log/data', '/var/cache/data'],
  ...['/var/run/mesos/data', '/usr/local/data', '/bin/data', '/etc/data', '/boot/data', '/home/ops/data'],
  ...['/root/data', '/proc/data', '/sys/data', '/dev/data', '/run/user/data', '/var/lib/consul/data'],
]

const accepted = (vars: string) => codesIn(`vars: { ${vars} }\n${leader}`, /^E/).length === 0

test('directories and ports that do not work on our machines are refused', async t => {
  const machine = await startMachine({ files, cgroups: 'v2', flags: lowPorts })
  t.teardown(machine.remove)
  await everyDirectoryHasAnOwner(t, machine)
  t.true(await succeeds(machine, setUp))
  await unitsWriteWhereTheyMay(t, machine)
  await marathonReadsWhatItMay(t, machine)
  await temporaryFilesAreLost(t, machine)
  await agentsAloneMayHaveLowPorts(t, machine)
  await systemDirectoriesAreTakenAway(t, machine)
})

async function everyDirectoryHasAnOwner(t: ExecutionContext, machine: Machine): Promise<void> {
  const parents = '/ /etc /opt /run /usr /usr/local /var /var/cache /var/lib /var/log /var/spool'
  const { stdout } = await machine.exec('bash', '-c', `find ${parents} -mindepth 1 -maxdepth 1 -type d`)
  const free = /^\/(media|mnt|srv)$|^\/etc\/|^\/(var\/(lib|log)|run)\/mesos(-agent)?$|^\/run\/log$/
  const ownerless = stdout
    .trim()
    .split('\n')
    .filter(path => !isSystemDirectory(path) && !owners.has(path) && !free.test(path))
  t.deepEqual(ownerless, [])
}

async function unitsWriteWhereTheyMay(t: ExecutionContext, machine: Machine): Promise<void> {
  for (const path of directories) {
    const work = { MESOS_WORK_DIR: path, MESOS_LOG_DIR: '/var/log/mesos' }
    t.is(
      await starts(machine, 'mesos-master', work),
      accepted(`mesos_work_dir: ${path}`),
      `mesos_work_dir: ${path}`,
    )
    const log = { MESOS_WORK_DIR: '/var/run/mesos', MESOS_LOG_DIR: path }
    t.is(
      await starts(machine, 'mesos-master', log),
      accepted(`mesos_log_dir: ${path}`),
      `mesos_log_dir: ${path}`,
    )
    const vars = `mesos_work_dir: /srv/mesos, zookeeper_data_dir: ${path}`
    t.is(await starts(machine, 'zookeeper', { DATA: path }), accepted(vars), vars)
  }
}

async function marathonReadsWhatItMay(t: ExecutionContext, machine: Machine): Promise<void> {
  for (const folder of folders) {
    const vars = `marathon_options: { ssl_keystore_path: ${folder}/file }`
    t.is(await starts(machine, 'marathon', { FILE: `${folder}/file` }), accepted(vars), vars)
  }
}

async function agentsAloneMayHaveLowPorts(t: ExecutionContext, machine: Machine): Promise<void> {
  const fits = (vars: string) => codesIn(`vars: { ${vars} }\n${follower}`, /^E/).length === 0
  for (const port of [1023, 1024]) {
    const consul = `consul_http_port: ${port}`
    t.is(await starts(machine, 'consul', { PORT: `${port}` }), fits(consul), consul)
    const agent = `mesos_follower_port: ${port}`
    t.is(await starts(machine, 'mesos-agent', { PORT: `${port}` }), fits(agent), agent)
  }
}

async function temporaryFilesAreLost(t: ExecutionContext, machine: Machine): Promise<void> {
  t.false(accepted('mesos_work_dir: /var/tmp/data'))
  t.true(
    await starts(machine, 'mesos-master', {
      MESOS_WORK_DIR: '/var/tmp/data',
      MESOS_LOG_DIR: '/var/log/mesos',
    }),
  )
  t.false(await succeeds(machine, 'find /var/tmp | grep replicated_log'))
}

async function systemDirectoriesAreTakenAway(t: ExecutionContext, machine: Machine): Promise<void> {
  const opens = 'runuser -u consul -- ls /var/lib/consul'
  t.true(await succeeds(machine, opens))
  t.false(accepted('zookeeper_data_dir: /var/lib'))
  t.true(await starts(machine, 'zookeeper', { DATA: '/var/lib' }))
  t.false(await succeeds(machine, opens))
}
