import type { Finding } from '../../inventory/rules/rule.ts'
import type { VariableName } from '../../inventory/variables.ts'
import type { Draft } from '../draft.ts'
import { clash, type Site, sitesOf } from '../origin.ts'
import type { Rule } from './cluster-rule.ts'

const leader = 'groups: { leaders: { vars: { mesos_mode: leader } } }'
const directories = ['mesos_work_dir', 'mesos_runtime_dir', 'mesos_log_dir'] as const

export const directoriesDiffer: Rule = {
  code: 'E025',
  sentence: 'The work, runtime and log directories must be different directories.',
  why: 'The runtime directory is emptied at boot, but the work directory must survive a reboot. The agent also removes old files from its work directory without sparing logs.',
  example: `vars: { mesos_log_dir: /var/lib/mesos, mesos_work_dir: /var/lib/mesos }\n${leader}`,
  check: draft =>
    sitesOf(draft).flatMap((site): readonly Finding[] => {
      const paths = directories.map(name => realPath(site.values[name]))
      const [one, ...others] = directories.filter((_, index) =>
        paths.some((path, other) => other !== index && path === paths[index]),
      )
      if (one === undefined) return []
      const { name, ...place } = clash(draft, site, [one, ...others])
      const twins = [one, ...others].filter(other => other !== name)
      return [
        {
          ...place,
          message: `is the same directory as ${twins.join(' and ')}`,
          help: 'choose a separate directory for each',
        },
      ]
    }),
}

export const stateIsKept: Rule = {
  code: 'E034',
  sentence: 'State that must survive a reboot must not be kept in memory.',
  why: 'Files under /run and /dev/shm are kept in memory, and /tmp is emptied at boot. If the replicated log or ZooKeeper’s data were stored there, a power failure of all leaders would destroy the cluster. (The default of `mesos_work_dir`, /var/run/mesos, is a symbolic link to a directory on disk in our images.)',
  example: `vars: { mesos_work_dir: /run/mesos-state }\n${leader}`,
  check: draft =>
    inMemory(draft, site => [
      ...(realPath(site.values.mesos_work_dir) === '/run/mesos' ? [] : (['mesos_work_dir'] as const)),
      ...(site.group.leads && site.values.zookeeper_enabled ? (['zookeeper_data_dir'] as const) : []),
    ]),
}

export const logsAreKept: Rule = {
  code: 'W002',
  sentence: 'Logs should survive a reboot.',
  why: 'Logs are needed most after a machine has gone down.',
  example: `vars: { mesos_log_dir: /run/log/mesos }\n${leader}`,
  check: draft => inMemory(draft, () => ['mesos_log_dir']),
}

type Directory = 'mesos_work_dir' | 'zookeeper_data_dir' | 'mesos_log_dir'

function inMemory(draft: Draft, names: (site: Site) => readonly Directory[]): readonly Finding[] {
  return sitesOf(draft).flatMap(site =>
    names(site).flatMap((name: VariableName & Directory): readonly Finding[] => {
      const path = realPath(site.values[name])
      if (!/^\/(run|dev\/shm|tmp|var\/lock)(\/|$)/.test(path)) return []
      const { path: place, on } = clash(draft, site, [name])
      const help = 'choose a directory under /var/lib or on a separate disk'
      return [{ path: place, on, message: `${site.values[name]} does not survive a reboot`, help }]
    }),
  )
}

/** On Debian /var/run is a link to /run, and /var/lock to /run/lock. */
function realPath(path: string): string {
  return path
    .replace(/^\/var\/(run|lock)(?=\/|$)/, (_, name) => (name === 'run' ? '/run' : '/run/lock'))
    .replace(/\/+$/, '')
}
