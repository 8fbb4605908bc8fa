import type { Path } from '../problem-path.ts'
import type { Finding } from '../rules/rule.ts'
import { type Check, entriesOf, isMapping } from './config.ts'
import { hidesVitalFiles, isImageFile, isOurFile, realPath } from './paths.ts'
import { simpleCommands } from './simple-commands.ts'

const prefix = '(?:(?:sudo|exec|nohup|command|nice|time)\\s+(?:-\\S+\\s+)*)*'
const program = `^\\s*${prefix}(?:/\\S*/)?`
const systemctl = 'systemctl\\s+(?:-\\S+\\s+)*'
const stops = new RegExp(
  `${program}(?:(?:poweroff|halt)\\b|shutdown\\b(?!.*\\s(?:-[crk]|--reboot\\b))|(?:tel)?init\\s+[01]\\b|${systemctl}(?:poweroff|halt|rescue|emergency|suspend|(?:start|isolate)\\s+(?:poweroff|halt|rescue|emergency))\\b)`,
)
const restarts = new RegExp(
  `${program}(?:reboot\\b|shutdown\\s(?:.*\\s)?(?:-r|--reboot)\\b|(?:tel)?init\\s+6\\b|kexec\\s+(?:-e|--exec)\\b|${systemctl}(?:reboot|kexec|(?:start|isolate)\\s+reboot)\\b)`,
)
// It forgets that it has run, so that the next boot does the same.
const repeats = new RegExp(`${program}cloud-init\\s+clean\\b.*\\s(?:-\\w*r|--reboot)\\b`)
// cloud-init waits for its commands.
const waits = new RegExp(`${program}cloud-init\\s+status\\s(?:.*\\s)?(?:-\\w*w|--wait)\\b`)
const ourUnits = '(?:consul|dnsmasq|zookeeper|marathon|mesos-(?:master|agent|leader|follower|bakery-[a-z]+))'
const ends = new RegExp(
  `${program}${systemctl}(stop|disable|mask|kill)\\s(?:.*\\s)?(${ourUnits})(?:\\.(?:service|target))?(?=\\s|$)`,
)
const begins = new RegExp(
  `${program}${systemctl}(?:start|restart|reload-or-restart|isolate)\\s(?:.*\\s)?${ourUnits}\\b`,
)

const removes = new RegExp(`${program}rm\\s+(.*)`)
const uninstalls = new RegExp(
  `${program}(?:apt|apt-get|dpkg)\\s(?:.*\\s)?(?:remove|purge|-r|-P|--remove|--purge)\\s(?:.*\\s)?(mesos|marathon|zookeeperd?|consul|dnsmasq(?:-base)?|openjdk-\\S+|default-jre\\S*|cloud-init|jq|curl)(?=\\s|$)`,
)

/** A file or a package that a command removes, and that the node needs. */
function removed(text: string): string | undefined {
  const [, files = ''] = removes.exec(text) ?? []
  const file = files
    .split(/\s+/)
    .filter(word => word.startsWith('/'))
    .find(word => [isOurFile, isImageFile, hidesVitalFiles].some(isNeeded => isNeeded(realPath(word))))
  return file ?? uninstalls.exec(text)?.[1]
}

/** What stops the machine, its daemons or its boot, or restarts it at every boot. One `reboot` after the first boot is fine. */
export const checkPower: Check = (config, path) => {
  const all = (['bootcmd', 'runcmd'] as const).flatMap(key => commandsIn(config, path, key))
  return [...checkState(config, path), ...all.flatMap(one => troubleOf(one, all))]
}

function troubleOf({ path, text, key }: Command, all: readonly Command[]): readonly Finding[] {
  if (stops.test(text)) return [stopped(path)]
  if (repeats.test(text) || (key === 'bootcmd' && restarts.test(text))) return [restarted(path)]
  if (waits.test(text)) {
    const message = 'must not wait for cloud-init, which waits for this command'
    return [{ path, message, help: 'remove it, or run it in a service of systemd' }]
  }
  if (key === 'bootcmd' && begins.test(text) && !text.includes('--no-block')) {
    const message =
      'must not start a service of the node: it waits for cloud-init, which waits for this command'
    return [{ path, message, help: 'remove it; the node starts its services' }]
  }
  const lost = removed(text)
  if (lost !== undefined)
    return [{ path, message: `must not remove ${lost}, which the node needs`, help: 'remove it' }]
  const [, , unit] = ends.exec(text) ?? []
  const isBack = all.some(other => begins.test(other.text) && other.text.includes(unit ?? ''))
  if (unit === undefined || isBack) return []
  return [{ path, message: `must not stop ${unit}, which the node needs`, help: 'remove it' }]
}

const checkState: Check = ({ power_state: state }, path) => {
  if (!isMapping(state) || state.condition === false) return []
  const { mode } = state
  const place = path.below('power_state', 'mode')
  if (mode === 'reboot') return []
  if (mode === 'poweroff' || mode === 'halt') return [stopped(place)]
  // cloud-init leaves the machine running (cc_power_state_change.py, load_power_state).
  return [{ path: place, message: 'must be reboot', help: 'remove power_state' }]
}

/** The commands that begin with what they do. What stands behind a condition is the user's to decide. */
function commandsIn(config: Parameters<Check>[0], path: Path, key: Command['key']): readonly Command[] {
  return entriesOf(config[key]).flatMap((command, index) =>
    simpleCommands(command).map(text => ({ path: path.below(key, index), text, key })),
  )
}

interface Command {
  readonly path: Path
  readonly text: string
  readonly key: 'runcmd' | 'bootcmd'
}

const stopped = (path: Path): Finding => ({
  path,
  message: 'must not stop the machine',
  help: 'remove it; use destroy to remove a cluster',
})

const restarted = (path: Path): Finding => ({
  path,
  message: 'must not restart the machine: boot commands run at every boot',
  help: 'use power_state with mode: reboot',
})
