import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '../../../cluster/cluster.ts'
import { zkService } from '../../../cluster/ensemble.ts'
import { seatName } from '../../../cluster/names.ts'
import type { LeaderStep } from '../../../roll/roll-step.ts'
import { type Container, restartContainer as restartStep } from '../container.ts'
import { seatAddress } from '../network.ts'
import type { ContainerFacts } from '../plan.ts'
import { planReplacement } from '../plan-container-replacement.ts'
import { type EngineGround, launchContainer, removeContainer, restartContainer } from './container.ts'
import { drainFollower } from './drain.ts'
import { call, type Engine, EngineFailed, tryCall } from './engine.ts'

// The traces of seats in Consul. Its API is called on a leader, because it listens on the machine only.

/** How long Consul may take to elect a leader, in milliseconds. */
const patience = 60_000

/** Carries out a step on the container of a seat while the number of leaders changes. */
export async function resizeSeat(
  ground: EngineGround,
  facts: ContainerFacts,
  step: LeaderStep,
): Promise<void> {
  const { engine } = ground
  const { cluster, actual } = facts
  if (step.does === 'add') {
    await launchContainer(ground, planReplacement(facts, step.node))
    return
  }
  const holder = actual.containers.find(({ name }) => name === step.node)
  if (holder === undefined) throw new Error(`there is no container ${step.node}`)
  if (step.does === 'start') await call(engine, 'start', holder.id)
  else if (step.does === 'end') await endSeat(ground, facts, holder)
  else {
    const taken = actual.containers.map(({ seat }) => seat)
    const empty = cluster.seats.map(({ seat }) => seat).filter(seat => !taken.includes(seat))
    await announceSeats(engine, facts, empty)
    await restartContainer(ground, restartStep(facts, holder))
  }
}

/**
 * Registers the names of seats that have no container yet, as /usr/lib/mesos-bakery/register-seat does on their machines,
 * so that the name of ZooKeeper has an address for each seat before a daemon expects that many.
 *
 * @param seats the numbers of the seats
 */
async function announceSeats(
  engine: Engine,
  { cluster, actual }: ContainerFacts,
  seats: readonly number[],
): Promise<void> {
  const values = cluster.seats[0]?.values
  if (values === undefined || !values.zookeeper_enabled) return
  const service = zkService(values)
  for (const seat of seats) {
    const address = seatAddress(actual.network?.subnet ?? '', seat)
    await askConsul(engine, { cluster, actual }, 'catalog/register', {
      Node: seatName(cluster.name, seat),
      Address: address,
      NodeMeta: { 'external-node': 'true', 'external-probe': 'false' },
      Service: { ID: service, Service: service, Address: address, Port: values.mesos_zk_port },
    })
  }
}

/** Deletes the names of seats that the cluster no longer has. */
export async function forgetSeats(
  engine: Engine,
  facts: Pick<ContainerFacts, 'cluster' | 'actual'>,
  seats: readonly number[],
): Promise<void> {
  for (const seat of seats)
    await askConsul(engine, facts, 'catalog/deregister', { Node: seatName(facts.cluster.name, seat) })
}

/**
 * Ends the container of a seat for good. Its Consul server leaves the others, so that they no longer count its vote. If it
 * cannot, because it does not run, another leader removes it. The container is removed last, so that an interrupted step
 * is repeated.
 */
async function endSeat(ground: EngineGround, facts: ContainerFacts, leader: Container): Promise<void> {
  const { engine } = ground
  if (facts.cluster.seats[0]?.mode === 'mixed') await drainFollower(ground, leader.id)
  await onNode(engine, leader, 'timeout 30 consul leave; systemctl stop consul')
  await tryCall(engine, 'stop', '--time', '60', leader.id)
  await removePeer(engine, facts, leader)
  await removeContainer(engine, leader.id)
}

/** Removes a Consul server that has not left by itself. */
async function removePeer(engine: Engine, { cluster, actual }: ContainerFacts, leader: Container) {
  const serf = cluster.seats[0]?.values.consul_serf_port
  const address = seatAddress(actual.network?.subnet ?? '', leader.seat ?? 0)
  const find = `consul members | awk '$2 == "${address}:${serf}" && $3 != "left" {print $1}'`
  for (const one of runningLeaders(actual.containers).filter(({ id }) => id !== leader.id))
    if ((await onNode(engine, one, `${find} | xargs --no-run-if-empty -n 1 consul force-leave`)) === 0) return
}

function runningLeaders(containers: readonly Container[]): readonly Container[] {
  return containers.filter(({ seat, state }) => seat !== undefined && state === 'running')
}

/** Runs a shell command with the address of Consul. Returns its exit code. */
async function onNode(engine: Engine, { id }: Container, script: string): Promise<number> {
  const settings = 'set -a; . /etc/mesos-bakery/node.env; set +a'
  return (await tryCall(engine, 'exec', id, 'bash', '-c', `${settings}; set -o pipefail; ${script}`)).code
}

/** @throws EngineFailed if no leader can carry it out in time */
async function askConsul(
  engine: Engine,
  { cluster, actual }: { readonly cluster: Cluster; readonly actual: ContainerFacts['actual'] },
  path: string,
  body: object,
): Promise<void> {
  const url = `http://127.0.0.1:${cluster.seats[0]?.values.consul_http_port}/v1/${path}`
  const curl = ['curl', '--silent', '--show-error', '--fail', '--max-time', '5', '--request', 'PUT']
  const leaders = runningLeaders(actual.containers)
  for (const end = Date.now() + patience; ; await sleep(1_000)) {
    for (const { id } of leaders) {
      try {
        await call(engine, 'exec', id, ...curl, '--data', JSON.stringify(body), url)
        return
      } catch (error) {
        if (!(error instanceof EngineFailed) || (Date.now() > end && id === leaders.at(-1)?.id)) throw error
      }
    }
    if (leaders.length === 0) throw new EngineFailed(engine.name, ['exec'], 'no leader is running')
  }
}
