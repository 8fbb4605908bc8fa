import type { Node as ClusterNode } from '../../cluster/cluster.ts'
import { bytesOf } from '../../inventory/bytes.ts'
import { sayProblem, severityOf } from '../../inventory/problems.ts'
import type { Plan } from '../../plan/step.ts'
import { count } from '../../plan/words.ts'
import { budgetsOf } from '../../show/say-budget.ts'
import type { ShownFinding } from '../../show/say-findings.ts'
import { sayCounts } from '../../show/say-plan.ts'
import { partNames } from '../../user-data/budget.ts'
import { gzip } from '../../user-data/gzip.ts'
import type { PageModel, Shown, ShownLine } from '../page-model.ts'
import { stagesOf } from '../plan-picture.ts'
import type { Running } from '../running.ts'
import type { Talk } from '../topology.ts'
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

/** The subnets as columns, with the seats in them, and the pools across them. */
export function zonesView({ topology: { zones, pools }, cluster }: Shown): Content {
  const column = (index: number) => `grid-column:${index + 1}`
  const heads = zones.map((zone, index) => make('h3', { style: column(index) }, zone.name))
  const seats = zones.map((zone, index) =>
    make(
      'ul',
      { class: 'seats', style: column(index), 'aria-label': `leaders in ${zone.name}` },
      zone.seats.map(seat =>
        make(
          'li',
          {},
          make('b', { class: 'seat' }, String(seat.seat)),
          make(
            'span',
            {},
            seat.name,
            make(
              'small',
              {},
              [seat.mode === 'mixed' ? 'leader and follower' : 'leader', seat.machine.instanceType].join(
                ', ',
              ),
            ),
          ),
        ),
      ),
    ),
  )
  const rows = pools.map(({ pool, zones: spread }) => {
    const size = pool.min === pool.max ? String(pool.min) : `${pool.min} to ${pool.max}`
    const first = spread.indexOf(true) + 1
    const last = spread.lastIndexOf(true) + 2
    const bars = spread.map((inside, index) =>
      make('i', { class: inside ? 'in' : 'out', style: column(index), 'aria-hidden': 'true' }),
    )
    return make(
      'div',
      { class: 'pool zones' },
      bars,
      make(
        'p',
        { style: `grid-column:${first}/${last}` },
        make('b', {}, pool.name),
        make(
          'small',
          {},
          `${size} × ${pool.machine.instanceType} in ${pool.subnets.join(', ') || 'no subnet'}`,
        ),
      ),
    )
  })
  return make(
    'div',
    {
      class: 'map',
      style: `--zones:${zones.length}`,
      'aria-label': `nodes of ${cluster.name}`,
      role: 'group',
    },
    make('div', { class: 'zones' }, heads, seats),
    rows,
  )
}

/** Which role opens which ports to which: a picture with numbers, and the list that they refer to. */
export function talksView({ topology: { talks } }: Shown): Content {
  const hasFollowers = talks.some(({ to }) => to === 'follower')
  const rows = talks.map((talk, index) =>
    make(
      'li',
      {},
      make('b', { class: 'seat' }, String(index + 1)),
      make('span', {}, `${plural(talk.from)} to ${plural(talk.to)}`),
      make('span', {}, talk.ports),
      make('small', {}, talk.programs.join('; ')),
    ),
  )
  const picture = make('div', { class: 'picture' })
  picture.innerHTML = drawTalks(talks, hasFollowers)
  return [picture, make('ol', { class: 'talks', 'aria-label': 'open ports' }, rows)]
}

const plural = (role: Talk['from']) => `${role}s`

/** Where an arrow and its number are, by the roles it connects. */
const arrows: Readonly<Record<string, readonly [path: string, x: number, y: number]>> = {
  'leader leader': ['M60 55 C40 5 120 5 100 52', 80, 20],
  'follower follower': ['M300 55 C280 5 360 5 340 52', 320, 20],
  'leader follower': ['M140 68 L258 68', 200, 68],
  'follower leader': ['M260 92 L142 92', 200, 92],
}

function drawTalks(talks: readonly Talk[], hasFollowers: boolean): string {
  const box = (x: number, label: string) =>
    `<rect x="${x}" y="55" width="120" height="50" rx="8"/><text x="${x + 60}" y="85">${label}</text>`
  const lines = talks.map(({ from, to }, index) => {
    const [path, x, y] = arrows[`${from} ${to}`] ?? ['', 0, 0]
    return hasFollowers || (from === 'leader' && to === 'leader')
      ? `<path d="${path}" marker-end="url(#tip)"/><circle cx="${x}" cy="${y}" r="9"/><text class="small" x="${x}" y="${y + 4}">${index + 1}</text>`
      : ''
  })
  return `<svg viewBox="0 0 400 115" role="img" aria-label="${hasFollowers ? 'leaders and followers open ports to each other' : 'leaders open ports to each other'}"><defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z"/></marker></defs>${box(20, 'leaders')}${hasFollowers ? box(260, 'followers') : ''}${lines.join('')}</svg>`
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

/** The nodes and the health checks of the running cluster, as `status` prints them, and the findings of `doctor`. */
export function runningView({ head, rows, gates, findings }: Running): Content {
  const [heads = [], ...cells] = rows
  const marks = { green: '✓', waiting: '·', failed: '✗' }
  return [
    head.map(line => make('p', {}, line)),
    make(
      'ul',
      { class: 'gates' },
      gates.map(({ name, state, detail }) =>
        make(
          'li',
          {},
          make('b', { class: state, title: state }, marks[state]),
          make('b', {}, name),
          make('span', {}, detail),
        ),
      ),
    ),
    tableOf(
      'nodes of the running cluster',
      heads,
      cells.map(row =>
        row.map(cell => (cell.startsWith('  ') ? make('span', { class: 'indent' }, cell.trim()) : cell)),
      ),
    ),
    make('h3', {}, 'Findings'),
    findings.length === 0 ? make('p', {}, 'No findings.') : findings.map(findingView),
  ]
}

function findingView({ code, node, cause, evidence, setting, fix, also }: ShownFinding): Content {
  const rows = [
    ['seen', evidence],
    ...(setting === null ? [] : [['inventory', `${setting.place} ${setting.path}`]]),
    ['fix', fix],
    ...(also === null ? [] : [['also', also]]),
  ]
  return make(
    'section',
    { class: 'finding' },
    make('p', {}, make('b', { class: 'failed' }, code), ` ${node ?? ''}${node === null ? '' : ': '}${cause}`),
    make(
      'dl',
      {},
      rows.map(([term = '', text = '']) => [make('dt', {}, term), make('dd', {}, text)]),
    ),
  )
}
