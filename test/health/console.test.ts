import { crc32 } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { type ConsoleReport, isNewer, readConsole } from '../../scripts/health/console.ts'
import type { Report } from '../../scripts/health/report.ts'
import { emptyReport } from '../harness/sample.ts'

// test/packer/console.test.ts compares these frames with those that a node writes.

function line(boot: string, sequence: number, time: number, kind: 'full' | 'same', content: string): string {
  const head = `${boot} ${sequence} ${time} ${kind} `
  const checksum = crc32(head + content)
    .toString(16)
    .padStart(8, '0')
  return `mesos-bakery ${head}${checksum} ${content}`
}

/** A report that differs from those with other numbers. */
function reportNumber(number: number): Report {
  return {
    ...emptyReport,
    consul: { servers: ['l1'], leader: `10.0.0.${number}:8300`, voters: 1 },
    host_keys: ['ssh-ed25519 AAAA'],
    logs: { 'consul.service': [`line ${number}`] },
  }
}

const full = (boot: string, sequence: number, number: number, time = 0) =>
  line(boot, sequence, time, 'full', JSON.stringify(reportNumber(number)))
const same = (boot: string, sequence: number, since: number, time = 0) =>
  line(boot, sequence, time, 'same', String(since))

const boot = '1-0000000a'

test('a frame without changes stands for the report that still holds', t => {
  const text = [full(boot, 1, 1), same(boot, 2, 1), full(boot, 3, 2), same(boot, 4, 3, 99)].join('\r\n')
  t.deepEqual(readConsole(text), {
    boot,
    bootNumber: 1,
    sequence: 4,
    time: 99,
    report: reportNumber(2),
  })
})

test('an unchanged report that was written again stands for the first one', t => {
  t.deepEqual(readConsole([full(boot, 7, 1), same(boot, 8, 2)].join('\n'))?.report, reportNumber(1))
})

test('an older report is not the current one', t => {
  const text = [full(boot, 1, 1), full(boot, 3, 2).slice(0, -1), same(boot, 4, 3)].join('\n')
  t.like(readConsole(text), { sequence: 4, report: undefined })
})

test('a report of another boot is not the current one', t => {
  t.like(readConsole([full(boot, 3, 1), same('2-0000000b', 4, 3)].join('\n')), {
    boot: '2-0000000b',
    report: undefined,
  })
})

test('a report that this version does not understand is not replaced by an older one', t => {
  const text = [full(boot, 1, 1), line(boot, 2, 0, 'full', '{"health":"good"}')].join('\n')
  t.like(readConsole(text), { sequence: 2, report: undefined })
})

test('a console without whole frames has no report', t => {
  for (const text of ['', 'login: ', full(boot, 1, 1).slice(1), ` ${full(boot, 1, 1)}`]) {
    t.is(readConsole(text), undefined, text)
  }
})

test('the newest boot has the highest number, or appears last', t => {
  const [third, tenth] = [full('3-0000000a', 9, 1), full('10-0000000b', 1, 2)]
  t.is(readConsole(`${tenth}\n${third}`)?.bootNumber, 10)
  const [one, other] = [full('3-0000000a', 9, 1), full('3-0000000b', 1, 2)]
  t.is(readConsole(`${one}\n${other}\n`)?.boot, '3-0000000b')
  t.is(readConsole(`${other}\n${one}\n`)?.boot, '3-0000000a')
})

test('newer is a later boot, or a higher sequence number in the same boot, and never a later clock', t => {
  const at = (id: string, bootNumber: number, sequence: number): ConsoleReport => ({
    boot: id,
    bootNumber,
    sequence,
    time: -sequence,
    report: undefined,
  })
  t.true(isNewer(at('1-a', 1, 2), at('1-a', 1, 1)))
  t.false(isNewer(at('1-a', 1, 1), at('1-a', 1, 1)))
  t.true(isNewer(at('2-b', 2, 1), at('1-a', 1, 9)))
  t.false(isNewer(at('1-a', 1, 9), at('2-b', 2, 1)))
  t.false(isNewer(at('1-b', 1, 9), at('1-a', 1, 1)), 'two boots with one number cannot be compared')
})

/** What a node wrote: its lines, and the number of the report that held at each sequence number of each boot. */
interface History {
  readonly lines: readonly string[]
  readonly held: ReadonlyMap<string, number>
}

const clock = fc.integer({ min: 0, max: 2 ** 32 })
const frameKind = fc.constantFrom('changed', 'same', 'same', 'again')

/** Several boots of a node with a wrong clock. Each has its number, unless the node could not store it. */
function histories({ stored }: { readonly stored: boolean }): fc.Arbitrary<History> {
  const written = fc.array(fc.tuple(frameKind, clock), { minLength: 1, maxLength: 12 })
  return fc.array(fc.tuple(written, fc.boolean()), { minLength: 1, maxLength: 4 }).map(boots => {
    const held = new Map<string, number>()
    let [bootNumber, content] = [0, 0]
    const lines = boots.flatMap(([frames, counted], index) => {
      if (stored || counted) bootNumber += 1
      const id = `${bootNumber}-${String(index).padStart(8, '0')}`
      let since = 1
      return frames.map(([kind, time], place) => {
        const sequence = place + 1
        if (place === 0 || kind === 'changed') [content, since] = [content + 1, sequence]
        held.set(`${id} ${sequence}`, content)
        return since === sequence || kind === 'again'
          ? full(id, sequence, content, time)
          : same(id, sequence, since, time)
      })
    })
    return { lines, held }
  })
}

const kernel = fc.oneof(
  fc.constantFrom('\r\n', 'login: ', '[  OK  ] Started Mesos.\r\n', 'mesos-bakery 9-0000000a 1 1 full '),
  fc.string().map(text => `[    1.234567] ${text}\r\n`),
)

/** Replaces a part of the text, which may be empty, with other output. */
const tear = fc.tuple(fc.nat(), fc.nat(40), fc.option(kernel, { nil: '' }))

function torn(text: string, tears: readonly (readonly [number, number, string])[]): string {
  return tears.reduce((whole, [place, length, noise]) => {
    const at = place % (whole.length + 1)
    return whole.slice(0, at) + noise + whole.slice(at + length)
  }, text)
}

function isWritten({ held }: History, read: ConsoleReport): boolean {
  const number = held.get(`${read.boot} ${read.sequence}`)
  if (number === undefined) return false
  return read.report === undefined || JSON.stringify(read.report) === JSON.stringify(reportNumber(number))
}

test('the last frame is read from a console with other lines between the frames', t => {
  const noisy = histories({ stored: false }).chain(history =>
    fc.tuple(
      fc.constant(history),
      fc.array(kernel, { minLength: history.lines.length, maxLength: history.lines.length }),
    ),
  )
  const isRead = fc.property(noisy, ([history, noise]) => {
    const text = history.lines.map((frame, index) => `${noise[index]}\r\n${frame}\r\n`).join('')
    const read = readConsole(text)
    const [, id, sequence] = history.lines.at(-1)?.split(' ') ?? []
    return (
      read?.boot === id &&
      read?.sequence === Number(sequence) &&
      read.report !== undefined &&
      isWritten(history, read)
    )
  })
  t.notThrows(() => fc.assert(isRead))
})

test('no report is read that was not written, however the console is torn, cut, repeated and reordered', t => {
  const isRead = fc.property(
    histories({ stored: true }),
    fc.array(tear, { maxLength: 8 }),
    fc.array(fc.tuple(fc.nat(), fc.nat(2_000)), { minLength: 1, maxLength: 6 }),
    (history, tears, chunks) => {
      const text = torn(history.lines.map(frame => `\r\n${frame}\r\n`).join(''), tears)
      const pieces = chunks.map(([begin, length]) =>
        text.slice(begin % text.length, (begin % text.length) + length),
      )
      const read = readConsole(pieces.join(''))
      return read === undefined || isWritten(history, read)
    },
  )
  t.notThrows(() => fc.assert(isRead, { numRuns: 1_000 }))
})

test('the newest of the whole frames is read, in any order and with repetitions', t => {
  const shuffled = histories({ stored: true }).chain(history =>
    fc.tuple(fc.constant(history), fc.array(fc.constantFrom(...history.lines), { minLength: 1 })),
  )
  const isRead = fc.property(shuffled, ([history, lines]) => {
    const read = readConsole(lines.join('\r\n'))
    const places = lines.map(frame => history.lines.indexOf(frame))
    const [, id, sequence] = history.lines[Math.max(...places)]?.split(' ') ?? []
    return (
      read?.boot === id &&
      read?.sequence === Number(sequence) &&
      read !== undefined &&
      isWritten(history, read)
    )
  })
  t.notThrows(() => fc.assert(isRead))
})

test('no older report is read after a newer one, as the console grows and loses its beginning', t => {
  const isRead = fc.property(
    histories({ stored: false }),
    fc.array(tear, { maxLength: 8 }),
    fc.array(fc.nat(400), { minLength: 2, maxLength: 20 }),
    fc.integer({ min: 1, max: 3_000 }),
    (history, tears, steps, kept) => {
      const text = torn(history.lines.map(frame => `\r\n${frame}\r\n`).join(''), tears)
      const order = new Map(
        history.lines.map((frame, place) => [frame.split(' ').slice(1, 3).join(' '), place]),
      )
      let [end, newest] = [0, -1]
      for (const step of steps) {
        end += step
        const read = readConsole(text.slice(0, end).slice(-kept))
        if (read === undefined) continue
        const place = order.get(`${read.boot} ${read.sequence}`) ?? -1
        if (place < newest || !isWritten(history, read)) return false
        newest = place
      }
      return true
    },
  )
  t.notThrows(() => fc.assert(isRead, { numRuns: 1_000 }))
})
