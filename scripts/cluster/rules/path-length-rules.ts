import type { Finding } from '../../inventory/rules/rule.ts'
import type { Draft } from '../draft.ts'
import { clash, type Site, sitesOf } from '../origin.ts'
import type { Rule } from './cluster-rule.ts'
import { eachDirectory } from './directories-rules.ts'

// limits.h of Linux, in bytes: one name, and a whole path with the zero that ends it.
const longestName = 255
const longestPath = 4_095

/**
 * What Mesos adds to its work directory: /slaves/ID/frameworks/ID/executors/ID/runs/ID, whose parts may have 255
 * characters each if frameworks choose them (1.11, src/slave/paths.cpp, src/common/validation.cpp), and a file name.
 */
const below = 1_300

/** sockaddr_un in unix(7), and src/common/domain_sockets.hpp of Mesos 1.11. */
const longestSocket = 107

export const pathsFit: Rule = {
  code: 'E089',
  sentence: 'Paths must be short enough for the files in them.',
  why: 'Linux limits a name to 255 bytes, a path to 4,095 and that of a socket to 107. With `http_executor_domain_sockets`, the agent creates agent.sock in its runtime directory and exits if that path is too long.',
  example: `vars: { mesos_work_dir: /srv/${'a'.repeat(256)} }\ngroups: { leaders: { vars: { mesos_mode: leader } } }`,
  check: draft => [
    ...eachDirectory(draft, ({ written }) => {
      if (written.length > longestName && written.split('/').some(name => name.length > longestName))
        return { message: `has a name of more than ${longestName} characters`, help: 'shorten it' }
      if (written.length + below <= longestPath) return undefined
      return { message: `must be at most ${longestPath - below} characters long`, help: 'shorten it' }
    }),
    ...sitesOf(draft).flatMap(site => longSocket(draft, site)),
  ],
}

// src/slave/main.cpp of Mesos 1.11.
function longSocket(draft: Draft, site: Site): readonly Finding[] {
  const { mesos_mode, mesos_follower_options: options, mesos_runtime_dir } = site.values
  const used = mesos_mode !== 'leader' && options.http_executor_domain_sockets === true
  if (!used || options.domain_socket_location !== undefined) return []
  if (`${mesos_runtime_dir}/agent.sock`.length <= longestSocket) return []
  const flag = { variable: 'mesos_follower_options', part: 'http_executor_domain_sockets' } as const
  const { name, path, on, notes } = clash(draft, site, ['mesos_runtime_dir', flag])
  const limit = `agent.sock, whose path must be at most ${longestSocket} characters long`
  const message = name === 'mesos_runtime_dir' ? `is too long for ${limit}` : `requires ${limit}`
  return [{ path, on, notes, message, help: 'shorten mesos_runtime_dir, or set domain_socket_location' }]
}
