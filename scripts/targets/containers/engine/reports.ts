import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { parseReport, type Report } from '../../../health/report.ts'
import { type Engine, start, tryCall, tryCallWithin } from './engine.ts'

const program = '/usr/lib/mesos-bakery/report'

/** How often a node reports during a wait, in seconds. */
const pace = '0.5'

/** The reports of several containers, as they arrive. */
export interface Reports {
  /** The newest report of a container. Undefined if it has stopped reporting. */
  readonly latest: (id: string) => Report | undefined
  /** Whether a connection was lost, which happens when its container stops. */
  readonly broken: () => boolean
  /** Receives reports from these containers only. */
  readonly listenTo: (ids: readonly string[]) => void
  readonly end: () => void
}

/** Opens a persistent connection to each container, because a call for each report would take most of the time. */
export function openReports(engine: Engine): Reports {
  const open = new Map<string, Listener>()
  return {
    latest: id => open.get(id)?.latest(),
    broken: () => [...open.values()].some(listener => listener.ended()),
    listenTo(ids) {
      for (const [id, listener] of open) if (!ids.includes(id) || listener.ended()) close(open, id)
      for (const id of ids) if (!open.has(id)) open.set(id, listen(engine, id))
    },
    end() {
      for (const id of [...open.keys()]) close(open, id)
    },
  }
}

interface Listener {
  readonly latest: () => Report | undefined
  readonly ended: () => boolean
  readonly stop: () => void
}

function close(open: Map<string, Listener>, id: string): void {
  open.get(id)?.stop()
  open.delete(id)
}

function listen(engine: Engine, id: string): Listener {
  const args = ['exec', '--interactive', id, program, '--watch', pace]
  const child = start(engine, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  let report: Report | undefined
  let ended = false
  const over = () => {
    ended = true
    report = undefined
  }
  child.on('error', over)
  child.on('exit', over)
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', line => {
      report = parseReport(line) ?? report
    })
  }
  child.stdin?.on('error', () => undefined)
  return {
    latest: () => report,
    ended: () => ended,
    stop() {
      // The program exits when its input is closed; the engine exits soon after.
      child.stdin?.end()
      child.kill()
    },
  }
}

/** Requests a single report from a container. */
export async function askReport(engine: Engine, id: string): Promise<Report | undefined> {
  const { code, stdout } = await tryCall(engine, 'exec', id, program)
  return code === 0 ? parseReport(stdout) : undefined
}

/** How long a node may take for a report with evidence, in milliseconds. It waits at most 2 s for each daemon. */
const patience = 8_000

/** Requests a single report with evidence from a container. A node that hangs has none. */
export async function askEvidence(engine: Engine, id: string): Promise<Report | undefined> {
  const { code, stdout } = await tryCallWithin(engine, patience, 'exec', id, program, '--evidence')
  return code === 0 ? parseReport(stdout) : undefined
}

/** The last lines of the journal of a unit, or of the whole machine if no unit is given. */
export async function lastLines(engine: Engine, id: string, unit: string | undefined): Promise<string> {
  const only = unit === undefined ? [] : ['--unit', unit]
  const flags = ['--no-pager', '--quiet', '--lines=2000', '--output=cat', ...only]
  const { code, stdout } = await tryCall(engine, 'exec', id, 'journalctl', ...flags)
  if (code === 0) return endOfLog(stdout)
  const { stdout: screen, stderr } = await tryCall(engine, 'logs', '--tail', '100', id)
  return endOfLog(plainLines(screen) || stderr)
}

/** The lines on the console of a container, without its reports and terminal codes. */
export function plainLines(screen: string): string {
  const lines = stripVTControlCharacters(screen).split(/[\r\n]+/)
  return lines.filter(line => !line.startsWith('mesos-bakery ')).join('\n')
}

/**
 * The last eight lines of a log, without the list of all flags. Mesos prints this list after the error that made it exit
 * (stout, `FlagsBase::usage`), and it is far longer than what is shown.
 */
export function endOfLog(log: string): string {
  const lines = log.split('\n').filter(line => !/^( {2}|Usage: |$)/.test(line))
  return lines.slice(-8).join('\n')
}
