import type { Shown } from '../page-model.ts'
import type { Talk } from '../topology.ts'
import { type Content, make } from './elements.ts'

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
