import { readFileSync } from 'node:fs'
import test from 'ava'
import fc from 'fast-check'
import { quorumOf } from '../../scripts/cluster/quorum.ts'
import { isRunning, type MachineState } from '../../scripts/plan/machines.ts'
import type { Actual } from '../../scripts/targets/ec2/actual.ts'
import type { StepOf } from '../../scripts/targets/ec2/ec2-step.ts'
import type { Facts } from '../../scripts/targets/ec2/facts.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import {
  claimOf,
  clusterOf,
  factsOf,
  leaderOf,
  machineStates,
  refusals,
  runningOf,
  sampleInventory,
} from '../harness/sample.ts'

const factsFor = new Map([1, 3, 5, 7].map(n => [n, factsOf(clusterOf(sampleInventory(n)))]))

function seatsOf(facts: Facts): readonly StepOf<'seat'>[] {
  return planLaunch(facts).steps.filter(
    (step): step is StepOf<'seat'> => step.kind === 'seat' && step.action === 'launch',
  )
}

function withLeaders(facts: Facts, formed: boolean, held: readonly (MachineState | undefined)[]): Actual {
  return {
    ...runningOf(facts),
    claim: claimOf(facts.cluster, { formed }),
    machines: held.flatMap((state, index) =>
      state === undefined ? [] : [leaderOf(facts, index + 1, { state })],
    ),
  }
}

test('after a cluster has formed, empty seats are filled one at a time and only while a quorum runs', t => {
  const seen = { refused: 0, filled: 0, recovered: 0 }
  fc.assert(
    fc.property(
      fc.constantFrom(...factsFor.keys()),
      fc.array(fc.option(fc.constantFrom(...machineStates), { nil: undefined }), {
        minLength: 7,
        maxLength: 7,
      }),
      fc.boolean(),
      (leaders, all, recover) => {
        const facts = factsFor.get(leaders) as Facts
        const actual = withLeaders(facts, true, all.slice(0, leaders))
        const running = actual.machines.filter(isRunning).length
        const empty =
          leaders - actual.machines.filter(({ state }) => !/terminated|shutting/.test(state)).length
        const refused = refusals(() => planLaunch({ ...facts, actual, recover }))
        if (empty > 0 && running < quorumOf(leaders) && !recover) {
          t.regex(
            refused.join(),
            /leaders are missing and only \d (is|are) running, less than the quorum of \d/,
          )
          seen.refused += 1
          return
        }
        t.deepEqual(refused, [])
        const seats = seatsOf({ ...facts, actual, recover })
        const lost = running > 0 && running < quorumOf(leaders)
        // Every quorum of the running leaders then includes one that has kept its data.
        t.is(seats.length, lost ? Math.min(empty, quorumOf(leaders) - running) : empty)
        for (const [index, step] of seats.entries()) {
          const before = seats.slice(0, index).map(({ id }) => id)
          if (running > 0) t.true(before.every(id => step.needs.includes(id)))
          t.is(step.othersRunning, Math.min(running, quorumOf(leaders)))
        }
        seen[lost ? 'recovered' : 'filled'] += 1
      },
    ),
    { numRuns: 500 },
  )
  t.true(Math.min(...Object.values(seen)) > 20, JSON.stringify(seen))
})

test('a lost quorum is refused with what is lost and how to resolve it', t => {
  const facts = factsFor.get(3) as Facts
  const told = (...held: (MachineState | undefined)[]) =>
    refusals(() => planLaunch({ ...facts, actual: withLeaders(facts, true, held) }))
  t.deepEqual(told('running', undefined, 'terminated'), [
    'leaders: 2 of 3 leaders are missing and only 1 is running, less than the quorum of 2; new machines start with empty disks, ' +
      'so ZooKeeper could lose the state of the remaining leaders; follow docs/recovery.md, then run launch with --recover',
  ])
  const page = readFileSync('docs/recovery.md', 'utf8').replaceAll(/\s+/g, ' ')
  t.true(page.includes(`error: ${told('running', undefined, 'terminated')[0]} `), 'docs/recovery.md shows it')
  t.deepEqual(told(), [
    'leaders: 3 of 3 leaders are missing and only 0 are running, less than the quorum of 2; new machines start with empty disks, ' +
      'so the state of ZooKeeper, Mesos and Consul is lost; follow docs/recovery.md, then run launch with --recover',
  ])
  t.regex(told('running', 'stopped', undefined)[0] ?? '', /; start i-2 first$/)
})

test('an interrupted first launch is completed, whatever it has created', t => {
  const facts = factsFor.get(5) as Facts
  const filled = (...held: MachineState[]) =>
    seatsOf({ ...facts, actual: withLeaders(facts, false, held) }).map(({ seat }) => seat)
  t.deepEqual(filled(), [1, 2, 3, 4, 5])
  t.deepEqual(filled('running'), [2, 3, 4, 5])
  t.deepEqual(filled('running', 'running', 'running', 'pending'), [5])
})
