import { groupName, profileName } from '../cluster/names.ts'
import { orRefuse } from '../inventory/problems.ts'
import { bodySteps } from './bodies.ts'
import type { Facts } from './facts.ts'
import { obstacles } from './obstacles.ts'
import { outOfDate } from './out-of-date.ts'
import { poolSteps } from './pools.ts'
import { seatSteps } from './seats.ts'
import { securityGroupSteps } from './security-groups.ts'
import type { Plan, Step } from './step.ts'
import { templateHash, templateSpecs, templateStep } from './templates.ts'

/**
 * Plans the way from what is there to what the inventory asks.
 * A plan with no steps means that there is nothing to do.
 *
 * @throws Refused when a launch would break a rule: a second machine for a seat, another number of leaders
 */
export function planLaunch(facts: Facts): Plan {
  orRefuse(facts, obstacles(facts))
  const { cluster, actual } = facts
  const foundation = [...securityGroupSteps(facts), ...instanceProfileSteps(facts), ...bodySteps(facts)]
  const created = foundation.filter(({ action, kind }) => action === 'create' && kind === 'security group')
  const specs = new Map(templateSpecs(facts).map(spec => [groupName(cluster.name, spec.group), spec]))
  const templates = [...specs].flatMap(([name, spec]) => templateStep(name, spec, actual, created))
  const needs = [...foundation, ...templates]
  const steps = [...needs, ...seatSteps(facts, needs), ...poolSteps(facts, needs)]
  return {
    cluster: cluster.name,
    target: cluster.target,
    leaders: cluster.seats.length,
    quorum: cluster.quorum,
    steps,
    surplus: actual.pools.map(({ name }) => name).filter(name => !specs.has(name)),
    outOfDate: outOfDate(facts, new Map([...specs].map(([name, spec]) => [name, templateHash(spec)]))),
  }
}

function instanceProfileSteps({ cluster, actual }: Facts): readonly Step[] {
  if (cluster.instanceProfile !== undefined || actual.instanceProfile === 'complete') return []
  const name = profileName(cluster.region, cluster.name)
  return [{ id: `instance profile ${name}`, needs: [], action: 'create', kind: 'instance profile', name }]
}
