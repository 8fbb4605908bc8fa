import type { Path } from '../inventory/problem-path.ts'
import { type VariableName, variableNames } from '../inventory/variables.ts'
import type { Draft } from './draft.ts'
import { originOf, sitesOf } from './origin.ts'
import { type Service, serviceOf } from './services.ts'

const serviceOfUnit: Readonly<Record<string, Service>> = {
  'mesos-master.service': 'master',
  'mesos-agent.service': 'agent',
  'marathon.service': 'marathon',
  'zookeeper.service': 'zookeeper',
}

/**
 * The settings that the log of a unit names: flags or values of its daemon that a person has set. Daemons name the flag
 * or the value that they refuse.
 *
 * @param lines the last lines of the log
 */
export function settingsNamedIn(draft: Draft, unit: string, lines: string): readonly Path[] {
  const service = serviceOfUnit[unit]
  if (service === undefined) return []
  const words = new Set(
    lines.split(/[^\w./:-]+|(?<=^|\s)--/).flatMap(word => [word, word.replace(/[.:]+$/, '')]),
  )
  const found = sitesOf(draft).flatMap(site =>
    variableNames
      .filter(name => serviceOf(name) === service)
      .flatMap(name => {
        const { rank, path } = originOf(draft, site, name)
        return rank === 0 ? [] : namedParts(name, site.values[name], path, words)
      }),
  )
  return [...new Map(found.map(path => [String(path), path])).values()]
}

/** The part of a variable that is named: an entry of a map or list, or the value. */
function namedParts(
  name: VariableName,
  value: unknown,
  path: Path,
  words: ReadonlySet<string>,
): readonly Path[] {
  const isNamed = (text: unknown) => String(text).length > 3 && words.has(String(text))
  if (typeof value !== 'object' || value === null) return isNamed(name) || isNamed(value) ? [path] : []
  return Object.entries(value).flatMap(([key, part]) => {
    // The key of a list is a number, which is too short to be found.
    return isNamed(key) || (typeof part === 'string' && isNamed(part)) ? [path.below(key)] : []
  })
}
