import type { SaidStep } from '../plan/step.ts'
import { count } from '../plan/words.ts'
import type { RollEnd } from '../roll/drive.ts'
import { isEmpty, type PlannedLeader, type PlannedPool, type RollPlan } from '../roll/roll-plan.ts'
import { saySteps } from './say-plan.ts'
import type { Screen } from './style.ts'

/** The plan of a rolling update as text. */
export function sayRoll(plan: RollPlan, where: string, screen: Screen): string {
  const { leaders, pools, tasks, minutes } = plan
  if (isEmpty(plan)) return `${where}: no rolling update is required, every node matches the inventory.`
  const parts = [
    leaders.length > 0 ? count(leaders.length, 'leader') : '',
    pools.length > 0 ? count(pools.length, 'pool') : '',
  ]
  const what = parts.filter(part => part !== '').join(' and ')
  return [
    `${where}: rolling update of ${what}, about ${minutes} min`,
    '',
    ...saySteps([...leaders.map(leaderLine), ...pools.map(poolLine)], screen),
    '',
    ...(leaders.length > 0 ? ['Leaders are changed one at a time, while all health checks pass.'] : []),
    ...(pools.length > 0 && tasks !== undefined
      ? [
          `${count(tasks.running, 'task')} running; at least ${tasks.kept} keep running while pools are rolled.`,
        ]
      : []),
  ].join('\n')
}

function leaderLine({ name, does, reasons, elected }: PlannedLeader): SaidStep {
  const how = does === 'reconfigure' ? 'restart with its disk' : 'replace'
  const last = elected ? '; elected, therefore last' : ''
  return { name, says: { sign: '~', title: 'leader', detail: `${how}: ${reasons.join(', ')}${last}` } }
}

/** The line of a pool in a plan. */
export function poolLine({ name, canary, machines, atATime, most, reasons }: PlannedPool): SaidStep {
  const parts = [
    canary ? 'a canary' : '',
    machines > 0 ? `replace ${count(machines, 'machine')}, ${atATime} at a time` : '',
    canary || machines > 0 ? '' : 'restore its size',
  ].filter(part => part !== '')
  const why = reasons.length === 0 ? '' : `: ${reasons.join(', ')}`
  const detail = `${parts.join(', then ')}${why}; up to ${count(most, 'machine')}`
  return { name, says: { sign: '~', title: 'pool', detail } }
}

/** Why a rolling update has stopped: the condition, the node, the end of its log, and what to do. */
export function sayStopped(end: Extract<RollEnd, { end: 'stopped' }>): string {
  const { by, log, steps } = end
  const node = by.node === '' ? '' : `${by.node}: `
  return [
    `${by.gate}: ${node}${by.why}`,
    ...log.split('\n').flatMap(line => (line === '' ? [] : [`    ${line}`])),
    `  ${by.help}`,
    `stopped after ${count(steps, 'step')}. All other nodes are unchanged; run the same command again to resume.`,
  ].join('\n')
}
