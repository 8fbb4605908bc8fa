import { nameOf, type Setting, type Site, valueOfSetting } from './origin.ts'
import { homeOf, isWithin, physicalPath } from './physical-path.ts'
import {
  agedLogs,
  hidden,
  isSystemDirectory,
  owners,
  privateTmp,
  readOnly,
  virtual,
} from './system-directories.ts'

/** A directory of a node in which daemons of ours create files. */
export interface Directory {
  readonly setting: Setting
  /** The variable, or the flag of the agent. */
  readonly name: string
  /** As it was written. */
  readonly written: string
  /** Where that leads. */
  readonly path: string
  /** The daemon among its users that is confined by systemd, if any. The agent isn't. */
  readonly confined: 'the Mesos master' | 'ZooKeeper' | undefined
}

/** Flags of the agent that name directories which it fills (Mesos 1.11, src/slave/flags.cpp). */
const filledByAgent = [
  'appc_store_dir',
  'docker_store_dir',
  'docker_volume_checkpoint_dir',
  'fetcher_cache_dir',
] as const

/** Every directory that something on a node fills. Flags that nobody has set are left out. */
export function directoriesOn({ values, group: { leads } }: Site): readonly Directory[] {
  const master = leads ? 'the Mesos master' : undefined
  const shared = (['mesos_work_dir', 'mesos_log_dir'] as const).map(variable => ({ variable }))
  const ofZooKeeper = leads && values.zookeeper_enabled ? [{ variable: 'zookeeper_data_dir' } as const] : []
  const ofAgent: readonly Setting[] =
    values.mesos_mode === 'leader'
      ? []
      : [
          { variable: 'mesos_runtime_dir' },
          ...filledByAgent.map(part => ({ variable: 'mesos_follower_options', part }) as const),
        ]
  const directory = (setting: Setting, confined: Directory['confined']): readonly Directory[] => {
    const written = valueOfSetting(values, setting)
    if (typeof written !== 'string' || !written.startsWith('/')) return []
    return [{ setting, name: nameOf(setting), written, path: physicalPath(written), confined }]
  }
  return [
    ...shared.flatMap(setting => directory(setting, master)),
    ...ofZooKeeper.flatMap(setting => directory(setting, 'ZooKeeper')),
    ...ofAgent.flatMap(setting => directory(setting, undefined)),
  ]
}

const usual: Readonly<Record<string, string>> = {
  mesos_log_dir: '/var/log/mesos',
  mesos_runtime_dir: '/run/mesos-agent',
  mesos_work_dir: '/var/lib/mesos',
  zookeeper_data_dir: '/var/lib/zookeeper',
}

/** What to do about a directory that can't be used. */
export function anotherFor({ name }: Directory): string {
  return `choose a separate directory, such as ${usual[name] ?? `/var/lib/mesos/${name.replace('_dir', '')}`}`
}

/** What a directory has in common with one that a program has to itself: the program, and its directory. */
export function ownerOf({ name, path }: Directory): { owner: string; home: string } | undefined {
  if (name !== 'mesos_log_dir' && isWithin(path, agedLogs))
    return { owner: 'the logs of Mesos', home: agedLogs }
  const home = homeOf(path, owners.keys())
  const owner = home === undefined ? undefined : owners.get(home)
  return home === undefined || owner === undefined ? undefined : { owner, home }
}

/** Whether a daemon that uses a directory can't create files there. */
export function isBlocked({ path, confined }: Directory): boolean {
  const blocked = confined === undefined ? virtual : [...virtual, ...readOnly, ...hidden]
  return homeOf(path, blocked) !== undefined && !isWithin(path, '/dev/shm')
}

/** Whether a directory has a rule of its own against it, so that nothing more is said of it. */
export function isRefused(directory: Directory): boolean {
  return isSystemDirectory(directory.path) || ownerOf(directory) !== undefined || isBlocked(directory)
}

/** Whether what is in a directory is lost when the machine, or the service, stops. */
export function isVolatile({ path, confined }: Directory): boolean {
  const lost = ['/run', '/dev', '/tmp', ...(confined === undefined ? [] : privateTmp)]
  return homeOf(path, lost) !== undefined
}
