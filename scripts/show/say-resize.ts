import type { SaidStep } from '../plan/step.ts'
import { count } from '../plan/words.ts'
import type { Resize } from '../roll/observed.ts'
import { isUnchanged, type ResizedLeader, type ResizePlan } from '../roll/resize-plan.ts'
import { saySteps } from './say-plan.ts'
import { poolLine } from './say-roll.ts'
import type { Screen } from './style.ts'
import { wideTable } from './table.ts'

/** The plan of a change of the number of leaders as text, with what does not work meanwhile. */
export function sayResize(plan: ResizePlan, where: string, screen: Screen): string {
  const { from, to, leaders, pools, minutes } = plan
  if (isUnchanged(plan)) return `${where}: no change is required, the cluster has ${count(to, 'leader')}.`
  return [
    `${where}: resize from ${from} to ${count(to, 'leader')}, about ${minutes} min`,
    '',
    ...saySteps([...leaders.map(one => leaderLine(one, plan)), ...pools.map(poolLine)], screen),
    '',
    'Leaders are changed one at a time, while all health checks pass that can pass. Meanwhile:',
    ...wideTable(effects(plan), screen.columns),
  ].join('\n')
}

function leaderLine({ name, does, elected }: ResizedLeader, { to }: Resize): SaidStep {
  const last = elected ? '; elected, therefore last' : ''
  if (does === 'add') return { name, says: { sign: '+', title: 'leader', detail: 'launch' } }
  if (does === 'end') return { name, says: { sign: '-', title: 'leader', detail: `end for good${last}` } }
  const detail = `restart with its disk, for ${count(to, 'leader')}${last}`
  return { name, says: { sign: '~', title: 'leader', detail } }
}

/** What works in the states between the two numbers. */
function effects({ from, to, interruption }: ResizePlan): readonly (readonly string[])[] {
  const { majorities, votes, outages, restarts, mayFail } = interruption
  const few = Math.min(from, to)
  const reserve =
    mayFail > 0
      ? `at least ${count(mayFail, 'leader')} may fail at any time`
      : from < to
        ? `all ${few} leaders are required until the first new one has joined`
        : `once the surplus leaders have ended, all ${few} leaders are required until their quorum is lower`
  const majority = `majority ${majorities.join(', then ')}`
  const down = `requests fail during up to ${outages} of the ${restarts} restarts, for about 30 s each`
  const registry = `agents and frameworks cannot register meanwhile, and up to ${count(outages + 1, 'election')} take place`
  return [
    [
      '  ZooKeeper',
      `${majority}; ${outages > 0 ? down : 'interrupted for seconds while it elects a leader'}`,
    ],
    ['  Mesos log', `${majority}; ${outages > 0 ? registry : 'one election takes place'}`],
    ['  Consul', `majority ${votes.join(', then ')}; serves requests`],
    ['  tasks', 'keep running'],
    ['  failures', reserve],
  ]
}
