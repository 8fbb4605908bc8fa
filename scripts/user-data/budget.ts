import { userDataLimit } from './limit.ts'

/** How many bytes of a user-data serve what. */
export interface Budget {
  readonly parts: Readonly<Record<PartName, number>>
  /** The sum of all parts: every byte belongs to one. */
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
 * Whose bytes the lines of a user-data are. A line belongs to the file that it is written to; what is no file of ours
 * and no line of the frame around them is a person's own.
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
    parts[owner] += Buffer.byteLength(line)
  }
  return { parts, bytes: Buffer.byteLength(text), limit: userDataLimit }
}

function ownerOf(line: string, before: PartName): PartName {
  if (isFrame(line)) return 'rest'
  const path = /^ {2}- path: (\S+)$/m.exec(line)?.[1]
  if (path !== undefined) return owners.find(([, pattern]) => pattern.test(path))?.[0] ?? 'yours'
  // Ours are the only entries that name their path first and without quotes.
  return /^\S| {2}- /.test(line.slice(0, 4)) ? 'yours' : before
}

function isFrame(line: string): boolean {
  return /^(#cloud-config|hostname: .*|write_files:|runcmd:| {2}- \[systemctl, enable, --now, --no-block, mesos-.*\])\n?$/.test(
    line,
  )
}
