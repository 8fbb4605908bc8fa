import { homeOf, isWithin, physicalPath } from '../../inventory/physical-path.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import { anotherFor, type Directory, directoriesOn, isRefused, ownerOf } from '../directories.ts'
import type { Draft } from '../draft.ts'
import { clash, type Site, sitesOf } from '../origin.ts'
import { isSystemDirectory, readOnly } from '../system-directories.ts'
import type { Rule } from './cluster-rule.ts'

const leader = 'groups: { leaders: { vars: { mesos_mode: leader } } }'
const directories = ['mesos_work_dir', 'mesos_runtime_dir', 'mesos_log_dir'] as const

export const directoriesDiffer: Rule = {
  code: 'E025',
  sentence: 'The work, runtime and log directories must be different directories.',
  why: 'The runtime directory is emptied at boot, but the work directory must survive a reboot. The agent also deletes old files from its work directory, including logs.',
  example: `vars: { mesos_log_dir: /var/lib/mesos, mesos_work_dir: /var/lib/mesos }\n${leader}`,
  check: draft =>
    sitesOf(draft).flatMap((site): readonly Finding[] => {
      const paths = directories.map(name => physicalPath(site.values[name]))
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

export const systemIsLeftAlone: Rule = {
  code: 'E080',
  sentence: 'A directory must not be one that the operating system uses.',
  why: 'The services change the owner and the mode of their directories. With `zookeeper_data_dir: /var/lib`, for example, only root and ZooKeeper could open the data of any other program. The agent deletes its `fetcher_cache_dir` when it starts.',
  example: `vars: { zookeeper_data_dir: /var/lib }\n${leader}`,
  check: draft =>
    eachDirectory(draft, directory => {
      const { name, path, written } = directory
      const home = name === 'fetcher_cache_dir' ? homeOf(path, readOnly) : undefined
      if (!isSystemDirectory(path) && home === undefined) return undefined
      const what = isSystemDirectory(path) ? 'is a directory of the operating system' : `is in ${home}`
      return { message: `${written} ${what}`, help: anotherFor(directory) }
    }),
}

export const othersAreLeftAlone: Rule = {
  code: 'E081',
  sentence: 'A directory must not belong to other software.',
  why: 'Two programs would overwrite or delete the files of each other, or one could not open them because they belong to the other. systemd deletes files under /var/log/mesos after 14 days.',
  example: `vars: { mesos_work_dir: /var/lib/consul/mesos }\n${leader}`,
  check: draft =>
    eachDirectory(draft, directory => {
      const { owner, home } = ownerOf(directory) ?? {}
      if (owner === undefined || isSystemDirectory(directory.path)) return undefined
      const message = `${directory.written} belongs to ${owner}${directory.path === home ? '' : ` (${home})`}`
      return { message, help: anotherFor(directory) }
    }),
}

/** A problem for each directory that has one, at the place that sets it. */
export function eachDirectory(
  draft: Draft,
  check: (directory: Directory, site: Site) => Pick<Finding, 'message' | 'help'> | undefined,
): readonly Finding[] {
  return sitesOf(draft).flatMap(site =>
    directoriesOn(site).flatMap((directory): readonly Finding[] => {
      const found = check(directory, site)
      if (found === undefined) return []
      const { path, on } = clash(draft, site, [directory.setting])
      return [{ path, on, ...found }]
    }),
  )
}

export const directoriesAreApart: Rule = {
  code: 'E083',
  sentence: 'The directories of different services must not contain one another.',
  why: 'A service that cannot open the directory around its own does not start: only ZooKeeper can open its data directory. A service may delete the data of another: the agent empties `fetcher_cache_dir` at startup and removes old entries from the directories in its work directory, and logs are deleted when they are old. Image stores and caches of the agent may be in its work directory.',
  example: `vars: { zookeeper_data_dir: /var/lib/mesos/zookeeper }\n${leader}`,
  check: draft => sitesOf(draft).flatMap(site => collisionsOn(draft, site)),
}

function collisionsOn(draft: Draft, site: Site): readonly Finding[] {
  const all = directoriesOn(site).filter(directory => !isRefused(directory))
  return all.flatMap((one, index) =>
    all.slice(index + 1).flatMap((other): readonly Finding[] => {
      if (!collide(one, other) && !collide(other, one)) return []
      const { name, ...place } = clash(draft, site, [other.setting, one.setting])
      const [wrong, right] = name === one.name ? [one, other] : [other, one]
      return [{ ...place, message: relation(wrong, right), help: 'choose a separate directory for each' }]
    }),
  )
}

function relation(one: Directory, other: Directory): string {
  if (one.path === other.path) return `is the same directory as ${other.name}`
  if (!isWithin(one.path, other.path)) return `contains ${other.name}, ${other.written}`
  const part = other.name === 'mesos_work_dir' ? partAround(one.path, other.path) : undefined
  if (part === undefined) return `is inside ${other.name}, ${other.written}`
  return `is inside ${part} of ${other.name}, where Mesos creates and deletes files`
}

/** What Mesos keeps in its work directory (1.11, src/slave/paths.hpp, src/master/main.cpp). */
const parts = ['containers', 'csi', 'meta', 'provisioner', 'replicated_log', 'slaves', 'volumes']

function partAround(path: string, workDir: string): string | undefined {
  return parts.find(part => isWithin(path, `${workDir}/${part}`))
}

const ofMesos: readonly string[] = directories

/** Whether a directory does harm to one inside of it, or the other way round. */
function collide(outer: Directory, inner: Directory): boolean {
  if (!isWithin(inner.path, outer.path)) return false
  const names = [outer.name, inner.name]
  if (names.includes('zookeeper_data_dir')) return true
  // E025 tells of two that are the same.
  if (inner.path === outer.path) return !names.every(name => ofMesos.includes(name))
  if (outer.name === 'fetcher_cache_dir') return true
  if (outer.name === 'mesos_log_dir') return inner.name === 'mesos_work_dir'
  return outer.name === 'mesos_work_dir' && partAround(inner.path, outer.path) !== undefined
}
