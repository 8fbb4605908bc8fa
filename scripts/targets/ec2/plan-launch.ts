import { groupName } from '../../cluster/names.ts'
import { orRefuse } from '../../inventory/problems.ts'
import type { Plan, Step } from '../../plan/step.ts'
import { claimSteps, formationSteps } from './claim.ts'
import type { Ec2Step } from './ec2-step.ts'
import { tagSteps } from './ec2-tags.ts'
import type { Facts } from './facts.ts'
import { instanceProfileSteps } from './instance-profile.ts'
import { obstacles } from './launch-obstacles.ts'
import { templateHash, templateSpecs, templateStep } from './launch-template.ts'
import { hookSteps } from './lifecycle-hook.ts'
import { interfaceSteps } from './network-interface.ts'
import { outOfDate } from './out-of-date.ts'
import { poolSteps, prunedPools, surplusPools } from './pool.ts'
import { leftEmpty, seatSteps, surplusSteps } from './seat.ts'
import { closeSteps, closings, openSteps } from './security-group.ts'
import { bodySteps } from './stored-user-data.ts'

/**
 * Plans the steps from what exists to what the inventory describes. A plan without steps means that there is nothing to
 * do.
 *
 * @throws Refused if a launch would break a rule: a second instance for a seat, a different number of leaders, a lost
 *   quorum
 */
export function planLaunch(facts: Facts): Plan<Ec2Step> {
  orRefuse(facts, obstacles(facts))
  const { cluster, actual } = facts
  const opened = openSteps(facts)
  const created = opened.filter(step => step.action === 'create')
  const foundation = [...opened, ...instanceProfileSteps(facts), ...bodySteps(facts)]
  const surplus = surplusSteps(facts)
  const claim = after(claimSteps(facts), surplus)
  const specs = new Map(templateSpecs(facts).map(spec => [groupName(cluster.name, spec.group), spec]))
  const templates = [...specs].flatMap(([name, spec]) => templateStep(name, spec, actual, created, claim))
  const needs = [...foundation, ...surplus, ...claim, ...templates]
  const seats = seatSteps(facts, needs)
  const pools = poolSteps(facts, needs)
  const machines = [...seats, ...pools, ...hookSteps(facts, pools)]
  const hashes = new Map([...specs].map(([name, spec]) => [name, templateHash(spec)]))
  const old = outOfDate(facts, hashes)
  const renewed = [
    ...after([...interfaceSteps(facts, created), ...tagSteps(facts)], claim),
    ...formationSteps(facts, [...claim, ...seats]),
    ...prunedPools(facts),
  ]
  const all: readonly Ec2Step[] = [...needs, ...machines, ...renewed]
  return {
    cluster: cluster.name,
    target: cluster.target,
    leaders: cluster.seats.length,
    quorum: cluster.quorum,
    steps: [...all, ...closeSteps(facts, old, all)],
    surplus: facts.prune === true ? [] : surplusPools(facts).map(({ name }) => name),
    leftEmpty: leftEmpty(facts),
    stillOpen: old.length === 0 ? [] : closings(facts),
    outOfDate: old,
  }
}

/** Makes steps wait until other steps are done. */
function after<S extends Step>(steps: readonly S[], others: readonly Step[]): readonly S[] {
  return steps.map(step => ({ ...step, needs: [...step.needs, ...others.map(({ id }) => id)] }))
}
