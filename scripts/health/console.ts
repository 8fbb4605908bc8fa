import { parseReport, type Report } from './report.ts'

/** The newest report that a console contains. */
export interface ConsoleReport {
  /** The ID of a boot: its number, and 8 random hexadecimal digits. */
  readonly boot: string
  /** The number of this boot of the disk. 0 if the node could not read it. */
  readonly bootNumber: number
  readonly sequence: number
  /** Unix seconds by the clock of the node, which may be wrong. For display only. */
  readonly time: number
  /** Undefined if the console no longer contains the report that still holds. */
  readonly report: Report | undefined
}

/** A line that /usr/lib/mesos-bakery/report --console wrote. docs/image.md describes the format. */
interface Frame {
  readonly boot: string
  readonly sequence: number
  readonly time: number
  readonly kind: 'full' | 'same'
  /** `full`: a report as JSON. `same`: the sequence number since which the report has not changed. */
  readonly content: string
}

/**
 * Reads the newest report from a console. The text may be cut at both ends, and contain other lines. A frame that other
 * output has torn is ignored, because its checksum is wrong.
 */
export function readConsole(text: string): ConsoleReport | undefined {
  const frames = text.split(/[\r\n]+/).flatMap(parseFrame)
  const last = frames.reduceRight<Frame | undefined>(
    (latest, frame) => (latest && numberOf(latest.boot) >= numberOf(frame.boot) ? latest : frame),
    undefined,
  )
  if (last === undefined) return undefined
  const ofBoot = frames.filter(({ boot }) => boot === last.boot)
  const newest = ofBoot.reduce((a, b) => (b.sequence > a.sequence ? b : a))
  const { boot, sequence, time } = newest
  return { boot, bootNumber: numberOf(boot), sequence, time, report: reportOf(newest, ofBoot) }
}

/** The last lines of a console, without the reports on it. */
export function linesOn(console: string, count: number): readonly string[] {
  const lines = console.split(/\r*\n/).filter(text => text.trim() !== '' && !reportStart.test(text))
  return lines.slice(Math.max(0, lines.length - count))
}

// A report may follow other output on its line.
const reportStart = /(^|\s)mesos-bakery \d+-[0-9a-f]{8} /

/** Whether a is newer than b: from a later boot, or written later in the same boot. */
export function isNewer(a: ConsoleReport, b: ConsoleReport): boolean {
  return a.boot === b.boot ? a.sequence > b.sequence : a.bootNumber > b.bootNumber
}

/** The report that holds at a frame: any report that was written since it last changed. */
function reportOf(newest: Frame, ofBoot: readonly Frame[]): Report | undefined {
  const since = newest.kind === 'full' ? newest.sequence : Number(newest.content)
  const full = ofBoot.find(({ kind, sequence }) => kind === 'full' && sequence >= since)
  return full && parseReport(full.content)
}

const line = /^mesos-bakery ((\d{1,9}-[0-9a-f]{8}) (\d{1,15}) (\d{1,15}) (full|same) )([0-9a-f]{8}) (.+)$/

function parseFrame(text: string): readonly Frame[] {
  const [, head = '', boot = '', sequence, time, kind, checksum = '', content = ''] = line.exec(text) ?? []
  // The checksum covers everything except the first word and itself.
  if (kind === undefined || crc32(head + content) !== Number.parseInt(checksum, 16)) return []
  return [
    {
      boot,
      sequence: Number(sequence),
      time: Number(time),
      kind: kind === 'full' ? 'full' : 'same',
      content,
    },
  ]
}

function numberOf(boot: string): number {
  return Number.parseInt(boot, 10)
}

/** CRC-32 of ASCII text, like zlib.crc32 in Python. */
function crc32(text: string): number {
  let crc = ~0
  for (let index = 0; index < text.length; index += 1) {
    crc ^= text.charCodeAt(index)
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1))
  }
  return ~crc >>> 0
}
