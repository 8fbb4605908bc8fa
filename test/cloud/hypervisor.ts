import { setTimeout as sleep } from 'node:timers/promises'
import type { EC2Client } from '@aws-sdk/client-ec2'
import { firewallOf } from './firewall.ts'
import { type InstanceFacts, observeGroups, observeInstances } from './instances.ts'
import {
  loadFirewall,
  type MachineRoom,
  removeMachine,
  startAgain,
  startMachine,
  stopMachine,
} from './machine.ts'

/** Keeps a container for each instance that the API describes. */
export interface Hypervisor {
  /** The instance with an address, if it has a machine. */
  readonly at: (address: string) => InstanceFacts | undefined
  /** Instances with these names will not boot. */
  readonly neverBoots: Set<string>
  /** Compares once more, and resolves when all machines are as the API describes them. */
  readonly settle: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** What has been done for an instance. Whether its machine still runs is another matter: it may die. */
interface Made {
  readonly facts: InstanceFacts
  state: 'started' | 'stopped'
  /** The loaded firewall. Undefined after a start. */
  rules?: string | undefined
}

const PERIOD_MS = 500
const RUNNING = ['pending', 'running']

/** Starts to poll the API, and to make and end machines. `fail` receives errors; the polling goes on. */
export function startHypervisor(
  room: MachineRoom,
  ec2: EC2Client,
  fail: (error: unknown) => void,
): Hypervisor {
  const made = new Map<string, Made>()
  const neverBoots = new Set<string>()
  let ended = false
  let last = Promise.resolve()
  const settle = () => {
    last = last.then(() => compare(room, ec2, made, neverBoots)).catch(fail)
    return last
  }
  const polling = (async () => {
    while (!ended) {
      await settle()
      await sleep(PERIOD_MS)
    }
  })()
  return {
    at: address => [...made.values()].find(({ facts }) => facts.address === address)?.facts,
    neverBoots,
    settle,
    async stop() {
      ended = true
      await polling
    },
  }
}

async function compare(
  room: MachineRoom,
  ec2: EC2Client,
  made: Map<string, Made>,
  neverBoots: ReadonlySet<string>,
): Promise<void> {
  const instances = await observeInstances(ec2)
  const present = new Set(instances.filter(({ state }) => state !== 'shutting-down').map(({ id }) => id))
  // An address may be reused at once, so the former machine goes first.
  const gone = [...made.keys()].filter(id => !present.has(id))
  await Promise.all(gone.map(id => removeMachine(id).then(() => made.delete(id))))
  const waiting = instances.filter(({ id, state }) => present.has(id) && state !== 'stopping')
  await Promise.all(waiting.map(facts => power(room, made, facts, !neverBoots.has(facts.name))))
  await enforce(ec2, instances, made)
}

/** Starts or stops the machine of an instance, if the API says so. */
async function power(
  room: MachineRoom,
  made: Map<string, Made>,
  facts: InstanceFacts,
  boots: boolean,
): Promise<void> {
  const before = made.get(facts.id)
  const runs = RUNNING.includes(facts.state)
  if (before === undefined) {
    if (!runs) return
    // Known before it starts, because its first question is for its metadata.
    made.set(facts.id, { facts, state: 'started' })
    await startMachine(room, facts, boots)
    return
  }
  if (runs && before.state === 'stopped') await startAgain(facts.id)
  if (!runs && before.state === 'started') await stopMachine(facts.id)
  const state = runs ? 'started' : 'stopped'
  made.set(facts.id, { facts, state, rules: state === before.state ? before.rules : undefined })
}

/** Loads the firewall of every machine for which it has changed. */
async function enforce(
  ec2: EC2Client,
  instances: readonly InstanceFacts[],
  made: ReadonlyMap<string, Made>,
): Promise<void> {
  const groups = await observeGroups(ec2)
  const started = [...made.values()].filter(({ state }) => state === 'started')
  await Promise.all(
    started.map(async one => {
      const rules = firewallOf(one.facts, groups, instances)
      if (rules !== one.rules && (await loadFirewall(one.facts.id, rules))) one.rules = rules
    }),
  )
}
