import { homeOf, isWithin, physicalPath } from '../inventory/physical-path.ts'
import { nameOf, type Setting, type Site, valueOfSetting } from './origin.ts'
import {
  agedLogs,
  hidden,
  isSystemDirectory,
  owners,
  privateTmp,
  readOnly,
  virtual,
} from './system-directories.ts'

/** A directory of a node in which our daemons create files. */
export interface Directory {
  readonly setting: Setting
  /** The variable, or the flag of the agent. */
  readonly name: string
  /** As it was written. */
  readonly written: string
  /** The physical path of the directory. */
  readonly path: string
  /** The daemon among its users that is confined by systemd, if any. The agent isn't. */
  readonly confined: 'the Mesos master' | 'ZooKeeper' | undefined
}

/** Flags of the agent that name directories in which it creates files (Mesos 1.11, src/slave/flags.cpp). */
const filledByAgent = [
  'appc_store_dir',
  'docker_store_dir',
  'docker_volume_checkpoint_dir',
  'fetcher_cache_dir',
] as const

const shared: readonly Setting[] = [{ variable: 'mesos_work_dir' }, { variable: 'mesos_log_dir' }]
const ofZooKeeper: Setting = { variable: 'zookeeper_data_dir' }
const ofAgent: readonly Setting[] = [
  { variable: 'mesos_runtime_dir' },
  ...filledByAgent.map((part): Setting => ({ variable: 'mesos_follower_options', part })),
]

// Cached, because several rules read the directories of the same site.
const known = new WeakMap<Site, readonly Directory[]>()

/** Every directory in which a daemon of a node creates files. Flags that are not set are not included. */
export function directoriesOn(site: Site): readonly Directory[] {
  const directories = known.get(site) ?? listDirectories(site)
  known.set(site, directories)
  return directories
}

function listDirectories({ values, group: { leads } }: Site): readonly Directory[] {
  const found: Directory[] = []
  const add = (setting: Setting, confined: Directory['confined']) => {
    const written = valueOfSetting(values, setting)
    if (typeof written !== 'string' || !written.startsWith('/')) return
    found.push({ setting, name: nameOf(setting), written, path: physicalPath(written), confined })
  }
  for (const setting of shared) add(setting, leads ? 'the Mesos master' : undefined)
  if (leads && values.zookeeper_enabled) add(ofZooKeeper, 'ZooKeeper')
  if (values.mesos_mode !== 'leader') for (const setting of ofAgent) add(setting, undefined)
  return found
}

const usual: Readonly<Record<string, string>> = {
  mesos_log_dir: '/var/log/mesos',
  mesos_runtime_dir: '/run/mesos-agent',
  mesos_work_dir: '/var/lib/mesos',
  zookeeper_data_dir: '/var/lib/zookeeper',
}

/** How to correct a directory that cannot be used. */
export function anotherFor({ name }: Directory): string {
  return `choose a separate directory, such as ${usual[name] ?? `/var/lib/mesos/${name.replace('_dir', '')}`}`
}

/** What a directory has in common with one that a program has to itself: the program, and its directory. */
export function ownerOf({ name, path }: Directory): { owner: string; home: string } | undefined {
  if (name !== 'mesos_log_dir' && isWithin(path, agedLogs))
    return { owner: 'the logs of Mesos', home: agedLogs }
  const home = homeOf(path, owners)
  const owner = home === undefined ? undefined : owners.get(home)
  return home === undefined || owner === undefined ? undefined : { owner, home }
}

const blockedForConfined: ReadonlySet<string> = new Set([...virtual, ...readOnly, ...hidden])

/** Whether a daemon that uses a directory cannot create files in it. */
export function isBlocked({ path, confined }: Directory): boolean {
  const blocked = confined === undefined ? virtual : blockedForConfined
  return homeOf(path, blocked) !== undefined && !isWithin(path, '/dev/shm')
}

/** Whether another rule reports a directory, so that it is not reported twice. */
export function isRefused(directory: Directory): boolean {
  return isSystemDirectory(directory.path) || ownerOf(directory) !== undefined || isBlocked(directory)
}

// Debian's tmpfiles.d/tmp.conf empties /tmp at boot, and leaves /var/tmp alone.
const lostAtBoot: ReadonlySet<string> = new Set(['/run', '/dev', '/tmp'])
const lostByConfined: ReadonlySet<string> = new Set([...lostAtBoot, ...privateTmp])

/** Whether what is in a directory is lost when the machine, or the service, stops. */
export function isVolatile({ path, confined }: Directory): boolean {
  return homeOf(path, confined === undefined ? lostAtBoot : lostByConfined) !== undefined
}
