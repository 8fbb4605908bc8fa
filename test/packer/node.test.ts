import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import anyTest, { type TestFn } from 'ava'
import { bakedImage, bakedMissing } from '../harness/baked.ts'
import { expectedFiles } from '../harness/cases.ts'
import { type Machine, startMachine } from '../harness/machine.ts'
import { podman } from '../harness/podman.ts'
import { unless } from '../harness/programs.ts'

const test = unless(bakedMissing(), anyTest as TestFn)

const daemons = ['dnsmasq', 'consul', 'zookeeper', 'mesos-master', 'mesos-agent', 'marathon']
const services = [...daemons, 'mesos-bakery-facts', 'mesos-bakery-names', 'mesos-bakery-seat']

test('an image and user data give a node, which keeps its state across a reboot', async t => {
  const userData = expectedFiles('mixed').get('tiny-leader-1.yaml') ?? ''
  const [third = 0, fourth = 0] = randomBytes(2)
  const ip = `10.88.${128 + (third % 128)}.${1 + (fourth % 254)}`
  // The address of an agent is part of its identity. The resolver is that of an EC2 instance: systemd-resolved.
  const flags = ['--ip', ip, '--dns', '127.0.0.53']
  const machine = await startMachine({ image: await bakedImage(), userData, flags })
  t.teardown(machine.remove)
  const sh = async (script: string) => (await machine.exec('bash', '-c', script)).stdout

  await up(machine)
  t.is(await sh(`systemctl show --property=NRestarts --value ${services.join(' ')} | sort -u`), '\n0\n')
  t.is(await sh('systemctl is-system-running'), 'running\n')

  const names = 'getent ahostsv4 zookeeper.service.consul tiny-leader-1.node.consul | cut -d" " -f1 | sort -u'
  t.is(await sh(names), `${machine.address}\n`)
  t.is(
    await sh('resolvectl dns | head -n 1; resolvectl domain | head -n 1'),
    'Global: 127.0.0.1\nGlobal: ~consul\n',
  )
  t.is(await sh('readlink -f /var/run/mesos'), '/var/lib/mesos\n')
  t.like(
    await machine.exec('/usr/lib/mesos-bakery/verify'),
    { code: 0 },
    'a running machine is verified, too',
  )

  // This container cannot use cgroup filters, but its agent runs nevertheless. metadata.test.ts tests the filters.
  // systemd lists the addresses in any order.
  const denied = 'systemctl show --property=IPAddressDeny --value mesos-agent.service'
  t.deepEqual((await sh(denied)).trim().split(' ').sort(), ['169.254.169.254/32', 'fd00:ec2::254/128'])

  const id = await sh(agentId)
  t.regex(id, /\S/)
  await podman('restart', '--time', '20', machine.name)
  await up(machine)
  t.is(await sh(agentId), id)

  t.deepEqual(documented(), JSON.parse(`[${await sh(exposures)}]`))
  t.is(await sh(`journalctl --boot --grep 'Unknown (lvalue|key|section)|Failed to parse' --output cat`), '')
})

/** The ID of the agent at the master, from the agent itself. */
const agentId = `curl -s http://$(sed -n 's/^MESOS_IP=//p' /run/mesos-bakery/facts.env):5051/state | jq -r .id`

/** Waits, for up to a minute and a half, until all Consul checks pass and the agent has its ID. */
async function up(machine: Machine): Promise<void> {
  const script = `systemctl is-active --quiet ${services.map(name => `${name}.service`).join(' ')} &&
    curl -s localhost:8500/v1/health/state/any | jq -e 'length >= 5 and all(.Status == "passing")' &&
    [[ -n $(${agentId}) ]]`
  for (let waited = 0; waited < 90; waited++) {
    if ((await machine.exec('bash', '-c', script)).code === 0) return
    await sleep(1_000)
  }
  const { stdout } = await machine.exec('bash', '-c', 'systemctl --failed; journalctl -n 60 --no-pager')
  throw new Error(`the node isn't up after 90 s\n${stdout}`)
}

const sandboxed = [...daemons, 'mesos-bakery-console']
const exposures = `systemd-analyze security --no-pager | awk -v names="^(${sandboxed.join('|')}).service" \
  '$1 ~ names { printf "%s[\\"%s\\",%s]", (n++ ? "," : ""), $1, $2 }'`

/** The table in docs/image.md. */
function documented(): [string, number][] {
  const rows = readFileSync('docs/image.md', 'utf8').matchAll(/^\| `([\w-]+\.service)` \| ([\d.]+) \|/gm)
  return [...rows].map(([, unit = '', figure]) => [unit, Number(figure)])
}
