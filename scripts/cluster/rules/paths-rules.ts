import { homeOf, isWithin, physicalPath } from '../../inventory/physical-path.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import type { VariableName } from '../../inventory/variables.ts'
import { anotherFor, isBlocked, ownerOf } from '../directories.ts'
import type { Draft } from '../draft.ts'
import { clash, type Setting, type Site, sitesOf } from '../origin.ts'
import { hidden, isSystemDirectory, privateTmp } from '../system-directories.ts'
import type { Rule } from './cluster-rule.ts'
import { eachDirectory } from './directories-rules.ts'

const leader = 'groups: { leaders: { vars: { mesos_mode: leader } } }'
const withFlags = (flags: string) => `vars: { mesos_follower_options: { ${flags} } }
groups: { leaders: { vars: { mesos_mode: leader } }, web: { min: 1 } }`

export const daemonsMayWrite: Rule = {
  code: 'E082',
  sentence: 'Every daemon must be able to create its directories and to write to them.',
  why: 'The units of the Mesos master and of ZooKeeper have `ProtectSystem=full`, `ProtectHome=yes` and `PrivateDevices=yes`: /usr, /etc and /boot are read-only, /home and /root are empty, and /dev is private. Nothing can be created in /proc and /sys.',
  example: `vars: { mesos_work_dir: /usr/local/mesos }\n${leader}`,
  check: draft =>
    eachDirectory(draft, directory => {
      const { path, written, confined } = directory
      if (!isBlocked(directory) || isSystemDirectory(path) || ownerOf(directory) !== undefined)
        return undefined
      const message = `${confined ?? 'the agent'} cannot write to ${written}`
      return { message, help: anotherFor(directory) }
    }),
}

export const filesAreVisible: Rule = {
  code: 'E087',
  sentence: 'The Mesos master and Marathon must be able to open their programs and files.',
  why: 'Their units have `ProtectHome=yes`, `PrivateTmp=yes` and `PrivateDevices=yes`, so they cannot see the files in /home and /root, or the files of other programs in /tmp, /var/tmp and /dev.',
  example: `vars: { mesos_leader_options: { credentials: /root/credentials } }\n${leader}`,
  check: draft =>
    sitesOf(draft).flatMap(site => [
      ...(site.group.leads ? filesOf(site).flatMap(file => unseen(draft, site, file)) : []),
      ...programsOf(site).flatMap(name => unfitProgram(draft, site, name)),
    ]),
}

/** What the daemons on a leader are told to open. Mesos reads the value of any flag from a file if it begins with file://. */
function filesOf({ values }: Site): readonly (Setting & { readonly value: string })[] {
  const options = (variable: 'mesos_leader_options' | 'marathon_options') =>
    Object.entries(values[variable]).flatMap(([part, value]) =>
      typeof value === 'string' && /^(file:\/\/)?\//.test(value) ? [{ variable, part, value }] : [],
    )
  const program = { variable: 'mesos_leader_cmd', value: values.mesos_leader_cmd } as const
  return [
    ...options('mesos_leader_options'),
    ...(values.marathon_enabled ? options('marathon_options') : []),
    ...(program.value.startsWith('/') ? [program] : []),
  ]
}

const unseenPlaces: ReadonlySet<string> = new Set([...hidden, ...privateTmp])

function unseen(draft: Draft, site: Site, file: Setting & { readonly value: string }): readonly Finding[] {
  const home = homeOf(physicalPath(file.value.replace(/^file:\/\//, '')), unseenPlaces)
  if (home === undefined) return []
  const { path, on } = clash(draft, site, [file])
  const daemon = file.variable === 'marathon_options' ? 'Marathon' : 'the Mesos master'
  const message = `${daemon} cannot open files in ${home}`
  return [{ path, on, message, help: 'move it, for example to /etc/mesos' }]
}

const programsOf = ({
  values: { mesos_mode },
}: Site): readonly ('mesos_leader_cmd' | 'mesos_follower_cmd')[] => [
  ...(mesos_mode === 'follower' ? [] : (['mesos_leader_cmd'] as const)),
  ...(mesos_mode === 'leader' ? [] : (['mesos_follower_cmd'] as const)),
]

function unfitProgram(draft: Draft, site: Site, name: VariableName & `${string}_cmd`): readonly Finding[] {
  const program = site.values[name]
  if (!program.startsWith('/') || !isSystemDirectory(physicalPath(program))) return []
  const { path, on } = clash(draft, site, [name])
  return [
    {
      path,
      on,
      message: `${program} is a directory`,
      help: 'set the name or the absolute path of a program',
    },
  ]
}

/** What a container has in its own root directory (Filesystem Hierarchy Standard 3.0, chapter 3). */
const ofContainers = [
  '/',
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
]

export const sandboxesHideNothing: Rule = {
  code: 'E088',
  sentence: 'The sandbox must not be mounted over the files of a container.',
  why: 'The sandbox of a task is mounted into its container at `sandbox_directory` and hides what is there. Docker refuses to mount it at `/`.',
  example: withFlags('sandbox_directory: /'),
  check: draft =>
    sitesOf(draft).flatMap((site): readonly Finding[] => {
      const { sandbox_directory: written } = site.values.mesos_follower_options
      if (site.values.mesos_mode === 'leader' || typeof written !== 'string') return []
      const path = written.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '')
      const inKernel = ['/dev', '/proc', '/sys'].some(one => isWithin(path, one))
      if (!path.startsWith('/') || (!inKernel && !ofContainers.includes(path) && path !== '/var')) return []
      const place = clash(draft, site, [{ variable: 'mesos_follower_options', part: 'sandbox_directory' }])
      const message = `${written} would hide files of the container`
      return [
        { path: place.path, on: place.on, message, help: 'choose another path, such as /mnt/mesos/sandbox' },
      ]
    }),
}
