import { runSteps } from '../../../plan/run.ts'
import type { Roller } from '../../../roll/drive.ts'
import { healthOn } from '../hearing.ts'
import { warningsNotPermitted, without } from '../instance-status.ts'
import { observedOn, withCanaries } from '../observed-instances.ts'
import { planReplacement, planRestart } from '../plan-replacement.ts'
import { type Ground, replaceOn } from './act.ts'
import { endOf, type Listened, listen } from './consoles.ts'
import { observeWarnings } from './instance-status.ts'
import { observeCanaries, rollPool } from './roll-pool.ts'
import { observe } from './survey.ts'

/**
 * Observes and carries out a rolling update. Each step is based on the last observation. An instance is restarted once
 * at the most, whatever EC2 says about it afterwards.
 *
 * @param tell receives a warning
 */
export function rollerOn(ground: Ground, tell: (text: string) => void): Roller {
  const { aws, cluster } = ground
  const restarted = new Set<string>()
  let now = ground
  let heard: Listened | undefined
  let warned = false
  return {
    async observe() {
      const [actual, canaries] = await Promise.all([
        observe(aws, cluster),
        observeCanaries(aws, cluster.name),
      ])
      const [listened, warnings] = await Promise.all([
        listen(aws, cluster, withCanaries(actual, canaries), true),
        observeWarnings(aws, actual),
      ])
      if (warnings === undefined && !warned) tell(`warning: ${warningsNotPermitted}`)
      warned ||= warnings === undefined
      now = { ...ground, actual, warnings: without(warnings, restarted) }
      heard = listened
      const health = healthOn(cluster, actual, heard.hearings, heard.at)
      return observedOn(now, canaries, heard.health, health)
    },
    async act(step) {
      if (!('node' in step)) return rollPool(now, step)
      const steps = (step.does === 'reconfigure' ? planRestart : planReplacement)(now, step.node)
      for (const one of steps) if (one.kind === 'restart') restarted.add(one.machine)
      // The planner has just checked the reports of the other leaders.
      const outcomes = await runSteps(
        steps,
        replaceOn(now, async () => undefined),
        () => undefined,
      )
      for (const outcome of outcomes) if (outcome.end === 'failed') throw outcome.error
    },
    logOf: async node => (heard === undefined ? '' : endOf(cluster, heard, node)),
  }
}
