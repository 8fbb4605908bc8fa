import { byteLength } from '../inventory/bytes.ts'
import { userDataLimit } from './limit.ts'

/** How many bytes each part of the user data uses. */
export interface Budget {
  readonly parts: Readonly<Record<PartName, number>>
  /** The sum of all parts. Every byte belongs to exactly one part. */
  readonly bytes: number
  readonly limit: number
}

export type PartName = (typeof partNames)[number]

export const partNames = ['consul', 'zookeeper', 'mesos', 'marathon', 'yours', 'rest'] as const

const owners: readonly (readonly [PartName, RegExp])[] = [
  ['consul', /^\/etc\/consul\.d\/(agent|server)\.json$/],
  ['zookeeper', /^\/etc\/(zookeeper\/conf\/|mesos-bakery\/zookeeper\.env$|consul\.d\/zookeeper\.json$)/],
  ['mesos', /^\/etc\/(mesos-bakery\/mesos-(master|agent)\.env$|consul\.d\/mesos-)/],
  ['marathon', /^\/etc\/(mesos-bakery\/marathon\.env$|consul\.d\/marathon\.json$)/],
  ['rest', /^\/etc\/(mesos-bakery\/node\.env$|dnsmasq\.d\/mesos-bakery\.conf$)/],
]

/**
 * Assigns the lines of user data to parts. A line belongs to the file that it is written to. Lines that belong neither
 * to a file of mesos-bakery nor to the structure around the files were added by the user.
 */
export function budgetOf(text: string): Budget {
  const parts: Record<PartName, number> = {
    consul: 0,
    zookeeper: 0,
    mesos: 0,
    marathon: 0,
    yours: 0,
    rest: 0,
  }
  let owner: PartName = 'rest'
  for (const line of text.split(/(?<=\n)/)) {
    owner = ownerOf(line, owner)
    parts[owner] += byteLength(line)
  }
  return { parts, bytes: byteLength(text), limit: userDataLimit }
}

function ownerOf(line: string, before: PartName): PartName {
  if (isFrame(line)) return 'rest'
  const path = /^ {2}- path: (\S+)$/m.exec(line)?.[1]
  if (path !== undefined) return owners.find(([, pattern]) => pattern.test(path))?.[0] ?? 'yours'
  // Only the entries of mesos-bakery start with an unquoted path.
  return /^\S| {2}- /.test(line.slice(0, 4)) ? 'yours' : before
}

function isFrame(line: string): boolean {
  return /^(#cloud-config|hostname: .*|write_files:|runcmd:| {2}- \[systemctl, enable, --now, --no-block, mesos-.*\])\n?$/.test(
    line,
  )
}
