import { readFileSync } from 'node:fs'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { bakedImage, bakedMissing } from '../harness/baked.ts'
import { type Machine, startMachine } from '../harness/machine.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)

const provision = readFileSync('packer/provision/cgroups.sh', 'utf8')

/**
 * Sets up the machine like a bake for these cgroups, with a follower whose agent is a script. The script places its
 * tasks like the launchers of Mesos (systemd.cpp and linux_launcher.cpp, in Mesos 1.11.0 and clusterd).
 */
const prepare = (cgroups: 'v1' | 'v2', launch: string) => `set -e
  sed -i 's/^CGROUPS=.*/CGROUPS=${cgroups}/' /etc/mesos-bakery/image.env
  printf '#!/bin/sh\\n' >/usr/local/sbin/update-grub; chmod +x /usr/local/sbin/update-grub
  bash -c '${provision.replaceAll("'", "'\\''")}'
  printf 'CLUSTER=c\\nMODE=follower\\nZK_DNS=localhost\\nZK_ADDRESSES=1\\n' >/etc/mesos-bakery/node.env
  printf 'PROGRAM=/usr/local/sbin/agent\\n' >/etc/mesos-bakery/mesos-agent.env
  cat >/usr/local/sbin/agent <<'END'
#!/bin/bash
task() { sleep infinity & echo $! >/run/task.$1; for group in "\${@:2}"; do mkdir -p $group && echo $! >$group/cgroup.procs; done; }
[[ -e /run/task.first ]] || { ${launch}; }
exec sleep infinity
END
  chmod +x /usr/local/sbin/agent
  ip address add 169.254.169.254/32 dev lo
  ip route change local 169.254.169.254 dev lo table local src $(hostname -I | cut -d' ' -f1)
  cat >/usr/local/sbin/ask <<'END'
#!/bin/bash
[[ -z $1 ]] || kill -0 $1 || exit
[[ -z $1 ]] || echo $$ >$(findmnt --noheadings --output TARGET --types cgroup2)$(sed -n s/^0:://p /proc/$1/cgroup)/cgroup.procs
curl --silent --output /dev/null --write-out '%{http_code}' --max-time 1 http://169.254.169.254/
true
END
  chmod +x /usr/local/sbin/ask
  systemctl daemon-reload
  systemd-run --quiet --unit=metadata python3 -m http.server --bind 169.254.169.254 80
  curl --silent --output /dev/null --retry 50 --retry-connrefused --retry-delay 1 http://169.254.169.254/
  systemctl start mesos-agent.service`

const root = '/sys/fs/cgroup'

/** For each cgroup version: the tasks, where they are placed, and which v2 cgroup they are in as a result. */
const kinds = {
  v2: {
    launch: `task first; task second ${root}/mesos/second/leaf`,
    groups: { first: '/system.slice/mesos-agent.service', second: '/mesos/second/leaf' },
  },
  v1: {
    launch: `task first ${root}/systemd/mesos_executors.slice; task second ${root}/{freezer,systemd}/mesos/second`,
    groups: { first: '/system.slice/mesos-agent.service', second: '/system.slice/mesos-agent.service' },
  },
} as const

for (const cgroups of ['v2', 'v1'] as const) {
  const { launch, groups } = kinds[cgroups]
  test(`with cgroups ${cgroups}, tasks cannot access the metadata service, but the rest of the machine can`, async t => {
    const machine = await startMachine({ image: await bakedImage(), cgroups })
    t.teardown(machine.remove)
    await sh(t, machine, prepare(cgroups, launch))

    for (const [task, group] of Object.entries(groups)) {
      t.is(await sh(t, machine, `sed -n s/^0:://p /proc/$(cat /run/task.${task})/cgroup`), `${group}\n`)
    }
    await isKept(t, machine)
    const others = ['systemd-run --quiet --pipe --wait', 'systemd-run --quiet --scope --slice=user.slice']
    for (const other of others) t.is(await sh(t, machine, `${other} ask`), '200', other)
    t.is(await sh(t, machine, 'systemd-run --quiet --scope --unit=docker-0123 ask'), '000')

    const tasks = 'for task in $(cat /run/task.*); do kill -0 $task && echo $task || exit; done'
    const before = await sh(t, machine, tasks)
    await sh(t, machine, 'systemctl restart mesos-agent.service')
    t.is(await sh(t, machine, tasks), before, 'tasks outlive a restart of the agent')
    await isKept(t, machine)
    await sh(t, machine, 'systemctl stop mesos-agent.service')
    await isKept(t, machine)
  })
}

async function isKept(t: ExecutionContext, machine: Machine): Promise<void> {
  const answers = await sh(t, machine, 'for task in /run/task.*; do ask $(cat $task) & done; wait')
  t.is(answers, '000000', 'neither task is answered')
}

async function sh(t: ExecutionContext, machine: Machine, script: string): Promise<string> {
  const { code, stdout, stderr } = await machine.exec('bash', '-c', script)
  t.is(code, 0, `${script}\n${stdout}${stderr}`)
  return stdout
}
