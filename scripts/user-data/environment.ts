import { isToggle } from '../inventory/flags.ts'
import type { Values } from '../inventory/variables.ts'
import type { Setting } from './view.ts'

type Options = Readonly<Record<string, unknown>>

// With the Mesos default of 10 seconds, plus the time that ZooKeeper needs to replace its own leader, a failover would
// take more than 15 seconds.
const masterDefaults = { zk_session_timeout: '8secs' }

/** The environment variables for the user's additional flags, attributes and resources, in a fixed order. */
export function environmentOf(values: Values) {
  const { mesos_attributes, mesos_resources, mesos_leader_options, mesos_follower_options } = values
  return {
    masterFlags: mesosSettings({ ...masterDefaults, ...mesos_leader_options }),
    agentFlags: mesosSettings({
      ...(Object.keys(mesos_attributes).length > 0 && { attributes: mesosPairs(mesos_attributes) }),
      ...(Object.keys(mesos_resources).length > 0 && { resources: mesosPairs(mesos_resources) }),
      ...mesos_follower_options,
    }),
    marathonFlags: sorted(values.marathon_options).map(marathonSetting),
  }
}

/** Attributes or resources in the format of Mesos: `{ rack: r1, zone: a }` becomes `rack:r1;zone:a`. */
function mesosPairs(pairs: Options): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}:${value}`)
    .join(';')
}

function mesosSettings(options: Options): readonly Setting[] {
  return sorted(options).map(([name, value]) => [`MESOS_${name.toUpperCase()}`, flagText(value)])
}

// The convention of Marathon: an empty variable enables a switch, and one with DISABLE_ disables it.
function marathonSetting([name, value]: readonly [string, unknown]): Setting {
  const variable = name.toUpperCase()
  if (!isToggle(name)) return [`MARATHON_${variable}`, flagText(value)]
  return [value === true ? `MARATHON_${variable}` : `MARATHON_DISABLE_${variable}`, '']
}

function flagText(value: unknown): string {
  if (Array.isArray(value)) return value.join(',')
  return typeof value === 'object' ? asciiJson(value) : String(value)
}

// Escapes non-ASCII characters, because JSON may contain characters that environment files cannot.
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function sorted(options: Options): readonly (readonly [string, unknown])[] {
  return Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))
}
