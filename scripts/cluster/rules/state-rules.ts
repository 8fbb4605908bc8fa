import { homeOf, isWithin, physicalPath } from '../../inventory/physical-path.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import { anotherFor, type Directory, isRefused, isVolatile } from '../directories.ts'
import type { Draft } from '../draft.ts'
import { readOnly } from '../system-directories.ts'
import type { Rule } from './cluster-rule.ts'
import { eachDirectory } from './directories-rules.ts'
import { daemonsMayWrite } from './paths-rules.ts'

const leader = 'groups: { leaders: { vars: { mesos_mode: leader } } }'
const follower = `${leader.slice(0, -2)}, web: { min: 1 } }`

export const stateIsKept: Rule = {
  code: 'E034',
  sentence: 'State that must survive a reboot must not be kept in memory.',
  why: 'Files under /run and /dev/shm are kept in memory, and /tmp is emptied at boot. If the replicated log or ZooKeeper’s data were stored there, a power failure of all leaders would destroy the cluster. (The default of `mesos_work_dir`, /var/run/mesos, is a symbolic link to a directory on disk in our images.)',
  example: `vars: { mesos_work_dir: /run/mesos-state }\n${leader}`,
  check: draft => lost(draft, ({ name }) => name === 'mesos_work_dir' || name === 'zookeeper_data_dir'),
}

export const logsAreKept: Rule = {
  code: 'W002',
  sentence: 'Logs should survive a reboot.',
  why: 'Logs are needed most after a machine has gone down.',
  example: `vars: { mesos_log_dir: /run/log/mesos }\n${leader}`,
  check: draft => lost(draft, ({ name }) => name === 'mesos_log_dir'),
}

function lost(draft: Draft, matters: (directory: Directory) => boolean): readonly Finding[] {
  return eachDirectory(draft, directory => {
    if (!matters(directory) || isRefused(directory) || !isVolatile(directory)) return undefined
    return {
      message: `${directory.written} does not survive a reboot`,
      help: 'choose a directory under /var/lib or on a separate disk',
    }
  })
}

export const runtimeStateIsLost: Rule = {
  code: 'W016',
  sentence: 'The runtime directory should be emptied at a reboot.',
  why: 'It contains the process IDs of running containers. After a reboot they belong to other processes, and an agent that still finds them waits for these or ends them (Mesos 1.11, `--runtime_dir`: “but not across reboots”).',
  example: `vars: { mesos_runtime_dir: /var/lib/mesos-runtime }\n${follower}`,
  check: draft =>
    eachDirectory(draft, (directory, { values }) => {
      if (directory.name !== 'mesos_runtime_dir' || isRefused(directory) || isVolatile(directory))
        return undefined
      // E025 has more to say of it.
      if ([values.mesos_work_dir, values.mesos_log_dir].map(physicalPath).includes(directory.path))
        return undefined
      return { message: `${directory.written} survives a reboot`, help: anotherFor(directory) }
    }),
}

export const systemHoldsNoData: Rule = {
  code: 'W015',
  sentence: 'The agent should not keep its data among the files of the operating system.',
  why: 'The agent may write to /usr, /etc and /boot, but /boot is often small, and the Mesos master may not write there, should the node become a leader. Tasks of users other than root cannot open a sandbox under /root.',
  example: `vars: { mesos_follower_options: { docker_store_dir: /usr/local/mesos/docker } }\n${follower}`,
  check: draft => {
    const found = systemData(draft)
    if (found.length === 0) return []
    // A place that is refused on other nodes is told of already.
    const refused = daemonsMayWrite.check(draft)
    return found.filter(({ path }) => !refused.some(one => one.path.isSame(path)))
  },
}

function systemData(draft: Draft): readonly Finding[] {
  return eachDirectory(draft, directory => {
    const { name, path, written, confined } = directory
    if (confined !== undefined || isRefused(directory) || name === 'mesos_runtime_dir') return undefined
    if (name === 'mesos_work_dir' && isWithin(path, '/root'))
      return { message: `${written} can be opened by root only`, help: anotherFor(directory) }
    const home = homeOf(path, readOnly)
    // E080 tells of a cache, which would be deleted.
    if (home === undefined || name === 'fetcher_cache_dir') return undefined
    const message = `${written} is in ${home}, which belongs to the operating system`
    return { message, help: anotherFor(directory) }
  })
}
