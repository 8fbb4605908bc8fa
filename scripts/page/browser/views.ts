import type { Node as ClusterNode } from '../../cluster/cluster.ts'
import { bytesOf } from '../../inventory/bytes.ts'
import { sayProblem, severityOf } from '../../inventory/problems.ts'
import type { Plan } from '../../plan/step.ts'
import { count } from '../../plan/words.ts'
import { budgetsOf } from '../../show/say-budget.ts'
import { sayCounts } from '../../show/say-plan.ts'
import { partNames } from '../../user-data/budget.ts'
import { gzip } from '../../user-data/gzip.ts'
import type { PageModel, Shown, ShownLine } from '../page-model.ts'
import { stagesOf } from '../plan-picture.ts'
import { sentenceOf } from './editor.ts'
import { type Content, make, tableOf } from './elements.ts'
import { remembering } from './remember.ts'

/** Called with a line of the inventory. */
type GoTo = (line: number) => void

/** `3 leaders, quorum 2 · 2 to 10 followers · us-east-1` */
export function factsOf({ cluster, topology }: Shown): string {
  const sum = (which: 'min' | 'max') => cluster.pools.reduce((all, pool) => all + pool[which], 0)
  const [min, max] = [sum('min'), sum('max')]
  const followers = min === max ? count(max, 'follower') : `${min} to ${max} followers`
  return [
    `${count(cluster.seats.length, 'leader')}, quorum ${cluster.quorum}`,
    cluster.pools.length === 0 ? '' : `${followers} in ${count(cluster.pools.length, 'pool')}`,
    count(topology.zones.length, 'subnet'),
    `${cluster.target}, ${cluster.region}`,
  ]
    .filter(part => part !== '')
    .join(' · ')
}

/** `1 error, 2 warnings` */
export function sayCountsOf({ problems }: PageModel): string {
  const errors = problems.filter(problem => severityOf(problem) === 'error').length
  const warnings = problems.length - errors
  const said = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ]
  return said.length === 0 ? 'no problems found' : said.join(', ')
}

export function problemsView({ problems }: PageModel, goTo: GoTo): Content {
  if (problems.length === 0) return []
  const rows = problems.map(problem => {
    const { line, path } = problem
    const go = make(
      'button',
      { type: 'button', class: 'link', onclick: () => goTo(line ?? 1) },
      line === undefined ? 'inventory' : `line ${line}`,
    )
    const notes = (problem.notes ?? []).map(note => make('div', { class: 'dim' }, note.message))
    return make(
      'li',
      { class: severityOf(problem) },
      go,
      ' ',
      make('code', {}, String(path)),
      ' ',
      sentenceOf(problem),
      notes,
    )
  })
  return make('ul', { class: 'problems' }, rows)
}

/**
 * The stages of a launch, then each step.
 *
 * @param open called when the list of steps is opened or closed, because it is made only while it is open
 */
export function planView({ plan, refused, cluster }: Shown, isOpen: boolean, open: () => void): Content {
  if (plan === undefined) {
    if (refused.length > 0)
      return make(
        'ul',
        { class: 'problems' },
        refused.map(problem => make('li', { class: 'error' }, sayProblem(problem))),
      )
    return make(
      'p',
      {},
      'The plan of this target depends on the machine. To see it, run ',
      make('code', {}, 'npm run launch -- --dry-run'),
      '.',
    )
  }
  const stages = stagesOf(plan.steps).map(boxes =>
    make(
      'li',
      {},
      boxes.map(({ sign, kind, names }) =>
        make(
          'div',
          { class: 'box', title: names.join('\n') },
          make('b', { class: sign === '+' ? 'good' : 'changed' }, sign),
          ` ${kind}`,
          names.length > 1 ? make('span', { class: 'times' }, ` × ${names.length}`) : '',
        ),
      ),
    ),
  )
  return [
    make(
      'p',
      {},
      `${cluster.name} on ${plan.target}: ${count(plan.leaders, 'leader')}, quorum ${plan.quorum}. ${sayCounts(plan.steps)}`,
    ),
    make('ol', { class: 'stages', 'aria-label': 'stages of the launch' }, stages),
    make(
      'details',
      { open: isOpen, ontoggle: open },
      make('summary', {}, 'All steps'),
      isOpen ? stepsView(plan) : [],
    ),
  ]
}

/** Each step, as `launch --dry-run` prints it. */
function stepsView({ steps }: Plan): Content {
  const rows = steps.map(({ says, name }) => [
    make('b', { class: says.sign === '+' ? 'good' : 'changed' }, says.sign),
    says.title,
    name,
    says.detail,
  ])
  return tableOf('steps', ['CHANGE', 'STEP', 'NAME', 'DETAILS'], rows)
}

const packedSize = remembering(text => gzip(bytesOf(text)).length)

/** How much of the EC2 limit the user data of each group uses. */
export function budgetView({ cluster, userData }: Shown): Content {
  const budgets = budgetsOf(cluster, userData, packedSize)
  const rows = budgets.map(({ group, parts, bytes, limit, gzip, form }) => {
    const bar = make(
      'span',
      { class: 'bar', 'aria-hidden': 'true' },
      partNames.map(part =>
        make('i', { class: part, style: `width:${Math.min(100, (100 * parts[part]) / limit)}%` }),
      ),
    )
    const shares = partNames.map(part => String(parts[part]))
    return [
      group,
      bar,
      String(bytes),
      `${Math.round((100 * bytes) / limit)} %`,
      String(gzip),
      form ?? 'too large',
      ...shares,
    ]
  })
  const legend = partNames.map(part => [make('i', { class: `swatch ${part}` }), part.toUpperCase()])
  const heads = ['GROUP', 'SHARES', 'BYTES', 'OF LIMIT', 'GZIP', 'SENT AS', ...legend]
  return tableOf('user data of each group', heads, rows, [2, 3, 4, 6, 7, 8, 9, 10, 11])
}

/** Every node with the size and the checksum of its user data. */
export function nodesView(
  { nodes, userData }: Shown,
  chosen: string | undefined,
  choose: (name: string) => void,
): Content {
  const rows = nodes.map(({ name }) => {
    const one = userData.get(name)
    return [
      make(
        'button',
        {
          type: 'button',
          class: 'link',
          'aria-pressed': String(name === chosen),
          onclick: () => choose(name),
        },
        name,
      ),
      String(one?.bytes ?? ''),
      make('code', { class: 'sum', 'data-node': name }, one?.sha256 ?? ''),
    ]
  })
  return tableOf('nodes', ['NODE', 'BYTES', 'SHA256'], rows, [1])
}

/** The user data of a node, with the lines of the inventory that each line was made from. */
export function documentView(node: ClusterNode, lines: readonly ShownLine[], goTo: GoTo): Content {
  const rows = lines
    .slice(0, lines.at(-1)?.text === '' ? -1 : undefined)
    .map(({ text, from }, index) =>
      make(
        'li',
        { 'data-line': index + 1, 'data-from': from.flatMap(({ line }) => line ?? []).join(' ') },
        make('code', {}, text),
        make('span', { class: 'from' }, sourcesView(from, goTo)),
      ),
    )
  return make('ol', { class: 'document', tabindex: 0, 'aria-label': `user data of ${node.name}` }, rows)
}

function sourcesView(from: ShownLine['from'], goTo: GoTo): Content {
  const defaults = from.filter(({ line }) => line === undefined).map(({ name }) => name)
  const rest = from.flatMap(({ name, line }) => (line === undefined ? [] : lineView(name, line, goTo)))
  return defaults.length === 0
    ? rest
    : [make('small', { title: `default of ${defaults.join(', ')}` }, 'default'), rest]
}

function lineView(name: string, line: number, goTo: GoTo): Content {
  return make(
    'button',
    {
      type: 'button',
      class: 'link',
      title: name,
      'aria-label': `${name}, line ${line} of the inventory`,
      onclick: () => goTo(line),
    },
    String(line),
  )
}
