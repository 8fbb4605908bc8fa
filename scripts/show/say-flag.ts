import type { Draft } from '../cluster/draft.ts'
import type { FlagFacts } from '../inventory/flags.ts'
import type { Values } from '../inventory/variables.ts'
import { type Setting, settingsOf } from './say-variable.ts'
import { table } from './table.ts'

const facts = {
  master: {
    title: 'flag of mesos-master',
    variable: (name: string) => `MESOS_${name}`,
    file: 'mesos-master.env',
    manual: 'https://mesos.apache.org/documentation/latest/configuration/master/',
  },
  agent: {
    title: 'flag of mesos-agent',
    variable: (name: string) => `MESOS_${name}`,
    file: 'mesos-agent.env',
    manual: 'https://mesos.apache.org/documentation/latest/configuration/agent/',
  },
  marathon: {
    title: 'flag of Marathon',
    variable: (name: string) => `MARATHON_${name}`,
    file: 'marathon.env',
    manual: 'https://mesosphere.github.io/marathon/docs/command-line-flags.html',
  },
} as const

/** The facts about a flag of Mesos or Marathon, under headings. */
export function sayFlag(flag: FlagFacts): string {
  const { name, daemon, variable, reserved, deprecated, bounds, meaning } = flag
  const { title, manual, ...rest } = facts[daemon]
  const how = reserved === undefined ? `under ${variable}` : `cannot be set as an option: ${reserved}`
  const rows = [
    ['  type', flag.expects],
    ...(bounds === undefined || flag.expects.startsWith('one of') ? [] : [['  bounds', bounds]]),
    ['  default', flag.value === undefined ? 'none' : say(flag.value)],
    ['  set', how],
    ...(reserved === undefined
      ? [['  becomes', `${rest.variable(name.toUpperCase())} in /etc/mesos-bakery/${rest.file}`]]
      : []),
    ...(deprecated === undefined ? [] : [['  deprecated', deprecated]]),
    ['  manual', manual],
  ]
  const about = meaning === undefined ? [] : [meaning, '']
  return [`${name}: ${title}`, '', ...about, ...table(rows)].join('\n')
}

/** The value of a flag for every group whose options have it, and where it is set. */
export function flagSettings(draft: Draft, { name, variable, deprecated }: FlagFacts): readonly Setting[] {
  return settingsOf(draft, variable).flatMap(setting => {
    const options = setting.value as Values['mesos_leader_options']
    const key = [name, deprecated].find(one => one !== undefined && Object.hasOwn(options, one))
    if (key === undefined) return []
    const path = setting.path?.below(key)
    return [{ ...setting, value: options[key], path }]
  })
}

function say(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
