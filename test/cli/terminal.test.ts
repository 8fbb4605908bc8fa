import test from 'ava'
import { frame, type Line, logLine } from '../../scripts/show/progress.ts'
import { styleFor } from '../../scripts/show/style.ts'
import { table, wideTable } from '../../scripts/show/table.ts'

const plain = styleFor({ isTTY: false }, {})
const line = (id: string, state: Line['state'], detail = '', since = 1_000): Line => ({
  id,
  label: `seat ${id}`,
  state,
  detail,
  since,
})

test('a frame has a line for each resource, with the elapsed time of those in progress', t => {
  const lines = [
    line('1', 'done', 'launched i-1'),
    line('2', 'in progress', 'launching'),
    line('3', 'waiting', '', 0),
  ]
  t.is(
    frame(lines, 3_500, { columns: 80, rows: 24 }, plain),
    '✓  seat 1  launched i-1\n›  seat 2  launching, 2.5 s\n·  seat 3',
  )
})

test('a frame fits the terminal: finished lines are omitted, long lines are cut', t => {
  const lines = Array.from({ length: 30 }, (_, i) =>
    line(String(i), i === 29 ? 'in progress' : 'done', 'x'.repeat(200)),
  )
  const shown = frame(lines, 2_000, { columns: 40, rows: 10 }, plain).split('\n')
  t.is(shown.length, 8)
  t.true(shown[0]?.startsWith('›  seat 29'))
  t.is(shown.at(-1), '  and 23 more')
  for (const text of shown) t.true(text.length < 40)
})

test('a log gets a plain line for each change', t => {
  t.is(logLine(line('1', 'in progress', 'launching'), 9_000), 'seat 1: launching')
  t.is(logLine(line('1', 'done', 'launched i-1'), 9_000), 'seat 1: launched i-1 (8.0 s)')
})

test('colors are used only on a terminal that supports them', t => {
  t.is(styleFor({ isTTY: true }, {}).good('x'), '\u001b[32mx\u001b[39m')
  for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }, { CI: 'true' }])
    t.is(styleFor({ isTTY: true }, env).good('x'), 'x')
  t.is(plain.bad('x'), 'x')
})

test('columns are aligned, and text that is too long wraps to the next line', t => {
  t.deepEqual(
    table([
      ['a', 'bb', 'c'],
      ['aaa', 'b', ''],
    ]),
    ['a    bb  c', 'aaa  b'],
  )
  t.deepEqual(
    wideTable(
      [
        ['one', 'short'],
        ['two', 'a very long text that does not fit'],
      ],
      26,
    ),
    ['one  short', 'two', '      a very long text', '      that does not fit'],
  )
})
