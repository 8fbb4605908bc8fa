import test from 'ava'
import { sequentialRoundTrips } from './round-trips.ts'

const chains: [string, [start: number, end: number][], number][] = [
  ['no call', [], 0],
  [
    'one after the other',
    [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
    3,
  ],
  [
    'all at once',
    [
      [0, 9],
      [1, 8],
      [2, 7],
    ],
    1,
  ],
  [
    'two beside a long one',
    [
      [0, 10],
      [0, 4],
      [5, 9],
    ],
    2,
  ],
  [
    'in any order of arrival',
    [
      [5, 9],
      [0, 4],
      [10, 11],
    ],
    3,
  ],
  [
    'one that never ended',
    [
      [0, 1],
      [2, Number.POSITIVE_INFINITY],
    ],
    2,
  ],
]

for (const [title, calls, expected] of chains) {
  test(`the longest chain of calls: ${title}`, t => {
    t.is(sequentialRoundTrips(calls.map(([start, end]) => ({ start, end }))), expected)
  })
}
