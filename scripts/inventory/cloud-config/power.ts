import type { Path } from '../problem-path.ts'
import type { Finding } from '../rules/rule.ts'
import { type Check, entriesOf, isMapping } from './config.ts'

const program = '^\\s*(?:exec\\s+)?(?:/\\S*/)?'
const systemctl = 'systemctl\\s+(?:-\\S+\\s+)*'
const stops = new RegExp(
  `${program}(?:(?:poweroff|halt)\\b|shutdown\\b(?!.*\\s(?:-[crk]|--reboot\\b))|init\\s+0\\b|${systemctl}(?:poweroff|halt)\\b)`,
)
const restarts = new RegExp(
  `${program}(?:reboot\\b|shutdown\\s(?:.*\\s)?(?:-r|--reboot)\\b|init\\s+6\\b|${systemctl}reboot\\b)`,
)

/** Settings that stop the machine, or restart it at every boot. A `reboot` at the end of the first boot is allowed. */
export const checkPower: Check = (config, path) => [
  ...checkState(config, path),
  ...commandsIn(config, path, 'runcmd').flatMap(one => (stops.test(one.text) ? [stopped(one.path)] : [])),
  ...commandsIn(config, path, 'bootcmd').flatMap(one =>
    stops.test(one.text) ? [stopped(one.path)] : restarts.test(one.text) ? [restarted(one.path)] : [],
  ),
]

const checkState: Check = ({ power_state: state }, path) => {
  if (!isMapping(state) || state.condition === false) return []
  const { mode } = state
  const place = path.below('power_state', 'mode')
  if (mode === 'reboot') return []
  if (mode === 'poweroff' || mode === 'halt') return [stopped(place)]
  // cloud-init leaves the machine running (cc_power_state_change.py, load_power_state).
  return [{ path: place, message: 'must be reboot', help: 'remove power_state' }]
}

/** Commands that begin with one of these programs. Commands after a condition are not checked. */
function commandsIn(config: Parameters<Check>[0], path: Path, key: 'runcmd' | 'bootcmd') {
  return entriesOf(config[key]).map((command, index) => ({
    path: path.below(key, index),
    text: Array.isArray(command) ? command.join(' ') : String(command ?? ''),
  }))
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
