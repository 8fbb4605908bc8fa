import { type Opening, portsIn } from '../cluster/firewall.ts'
import type { OutOfDate, Plan, SaidStep, Step } from '../plan/step.ts'
import { count } from '../plan/words.ts'
import type { Screen, Style } from './style.ts'
import { wideTable } from './table.ts'

/** Steps as a list that fits the terminal: `+` creates, `~` changes, `-` deletes. */
export function saySteps(steps: readonly SaidStep[], { style, columns }: Screen): readonly string[] {
  const paint = { '+': style.good, '~': style.changed, '-': style.bad }
  const rows = steps.map(({ says, name }) => [`  ${says.sign} ${says.title}`, name, says.detail])
  return wideTable(rows, columns).map(line => {
    const sign = /^ {2}([+~-]) /.exec(line)?.[1] as '+' | '~' | '-' | undefined
    return sign === undefined ? style.dim(line) : `  ${paint[sign](sign)}${line.slice(3)}`
  })
}

/** The plan of a launch as text. */
export function sayPlan(plan: Plan, screen: Screen): string {
  const { style } = screen
  const { cluster, target, leaders, quorum, steps } = plan
  const head = `${cluster} on ${target}: ${count(leaders, 'leader')}, quorum ${quorum}`
  const body =
    steps.length === 0
      ? ['No changes: the cluster matches the inventory.']
      : [...saySteps(steps, screen), '', sayCounts(steps)]
  return [
    head,
    ...sayNotice(plan.notice),
    '',
    ...body,
    ...sayOutOfDate(plan.outOfDate, style),
    ...sayLeftEmpty(plan.leftEmpty ?? []),
    ...sayStillOpen(plan.stillOpen ?? []),
    ...saySurplus(plan.surplus, style),
  ].join('\n')
}

/** A line below the first line. */
export function sayNotice(notice: string | undefined): readonly string[] {
  return notice === undefined ? [] : [notice]
}

/** `15 steps: 13 to create, 2 to change.` */
export function sayCounts(steps: readonly Step[]): string {
  const signs = steps.map(({ says }) => says.sign)
  const parts = (['+', '~', '-'] as const)
    .map(sign => ({ sign, number: signs.filter(one => one === sign).length }))
    .filter(({ number }) => number > 0)
    .map(({ sign, number }) => `${number} ${{ '+': 'to create', '~': 'to change', '-': 'to delete' }[sign]}`)
  return `${count(steps.length, 'step')}: ${parts.join(', ')}.`
}

function sayOutOfDate(machines: readonly OutOfDate[], style: Style): readonly string[] {
  if (machines.length === 0) return []
  const byName = new Map<string, OutOfDate[]>()
  for (const machine of machines) byName.set(machine.name, [...(byName.get(machine.name) ?? []), machine])
  const lines = [...byName].map(([name, [first, ...others]]) => {
    const ids = others.length === 0 ? first?.machine : `${others.length + 1} machines`
    return `  ${style.changed('!')} ${name} (${ids}): ${first?.reasons.join(', ')}`
  })
  return ['', 'Out of date, left unchanged (use npm run roll to update them):', ...lines]
}

function sayLeftEmpty(seats: readonly string[]): readonly string[] {
  if (seats.length === 0) return []
  return ['', `Not launched until these leaders have caught up: ${seats.join(', ')}; see docs/recovery.md`]
}

function sayStillOpen(openings: readonly Opening[]): readonly string[] {
  if (openings.length === 0) return []
  return ['', `Ports that stay open until all machines are up to date: ${portsIn(openings)}`]
}

function saySurplus(pools: readonly string[], style: Style): readonly string[] {
  if (pools.length === 0) return []
  const lines = pools.map(name => `  ${style.changed('!')} pool ${name}`)
  return ['', 'Not in the inventory, left running (use --prune to delete them):', ...lines]
}
