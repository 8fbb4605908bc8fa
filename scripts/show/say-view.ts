import type { Standing } from '../plan/status.ts'
import { count } from '../plan/words.ts'
import { sayHeld } from '../roll/held.ts'
import type { View } from '../targets/target.ts'
import { healthJson, sayHealth } from './say-health.ts'
import { sayNotice } from './say-plan.ts'
import type { Screen } from './style.ts'

/** The exit code of `status`. */
export const exitCodeOf: Readonly<Record<Standing, number>> = {
  whole: 0,
  incomplete: 3,
  'without quorum': 4,
}

/** The state of a cluster, as reported by its nodes. */
export function sayView(view: View, screen: Screen): string {
  return [...sayHead(view), '', ...sayHealth(view.status, view.health, screen)].join('\n')
}

/** The lines about the cluster as a whole. */
export function sayHead({ status, notice, place, rolling }: View): readonly string[] {
  const { cluster, running, leaders, quorum } = status
  const where = [cluster, place].filter(part => part !== '').join(' ')
  const head = `${where}: ${running} of ${count(leaders, 'leader')} running, quorum ${quorum}`
  const roll = rolling === undefined ? [] : [`rolling update by ${sayHeld(rolling)}`]
  return [head, ...sayNotice(notice), ...roll]
}

/** The state of a cluster as JSON. */
export function viewJson({ status, health, notice, rolling }: View) {
  return {
    ...status,
    ...(notice !== undefined && { notice }),
    ...(rolling !== undefined && { rolling }),
    health: healthJson(health),
  }
}
