import type { Finding } from '../../inventory/rules/rule.ts'
import type { Draft } from '../draft.ts'
import { clash, type Site, sitesOf } from '../origin.ts'
import type { Rule } from './cluster-rule.ts'

const leaders = 'groups: { leaders: { vars: { mesos_mode: leader } } }'

/** What Mesos 1.11 installs, other than the daemon that a variable is for. */
const others: Readonly<Record<string, string>> = {
  mesos: 'a command line',
  'mesos-execute': 'a command line',
  'mesos-executor': 'an executor',
  'mesos-local': 'a cluster in one process',
  'mesos-log': 'a command line',
  'mesos-resolve': 'a command line',
  marathon: 'Marathon',
}
const wrongPrograms = {
  mesos_leader_cmd: { ...others, 'mesos-slave': 'the Mesos agent', 'mesos-agent': 'the Mesos agent' },
  mesos_follower_cmd: { ...others, 'mesos-master': 'the Mesos master' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>

export const programsAreOfTheDaemon: Rule = {
  code: 'E109',
  sentence: 'The program of a daemon must not be another program of Mesos.',
  why: 'It reads the flags of the daemon as its own, and exits or does something else.',
  example: `vars: { mesos_leader_cmd: mesos-agent }\n${leaders}`,
  check: draft =>
    sitesOf(draft).flatMap(site => [
      ...(site.values.mesos_mode === 'follower' ? [] : wrongProgram(draft, site, 'mesos_leader_cmd')),
      ...(site.values.mesos_mode === 'leader' ? [] : wrongProgram(draft, site, 'mesos_follower_cmd')),
    ]),
}

function wrongProgram(draft: Draft, site: Site, variable: keyof typeof wrongPrograms): readonly Finding[] {
  const name = site.values[variable].replace(/^.*\//, '')
  const wrong: Readonly<Record<string, string>> = wrongPrograms[variable]
  if (!Object.hasOwn(wrong, name)) return []
  const { path, on } = clash(draft, site, [variable])
  const usual = variable === 'mesos_leader_cmd' ? 'mesos-master' : 'mesos-agent'
  return [{ path, on, message: `${name} is ${wrong[name]}`, help: `use ${usual}` }]
}
