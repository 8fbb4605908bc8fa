import type { Daemon, GivenFlags, Options } from './flag-tables.ts'
import { suggestion } from './nearest.ts'
import type { Path } from './problem-path.ts'
import { type Problem, show } from './problems.ts'
import { itemsOf } from './text-forms.ts'

/** A flag that names a component of the daemon, which is built in or comes from a module. */
interface Part {
  readonly what: string
  readonly builtIn: readonly string[]
  /** Whether it may name several, separated by commas. */
  readonly several?: true
}

const hooks: Part = { what: 'hook', builtIn: [], several: true }

const parts: Readonly<Record<Daemon, Readonly<Record<string, Part>>>> = {
  // src/master/main.cpp, src/master/allocator/allocator.cpp, Master::initialize, src/common/http.cpp. The
  // master has no secret for the authenticator jwt.
  master: {
    allocator: { what: 'allocator', builtIn: ['hierarchical', 'HierarchicalDRF'] },
    authenticators: { what: 'authenticator', builtIn: ['crammd5'] },
    authorizers: { what: 'authorizer', builtIn: ['local'] },
    http_authenticators: { what: 'HTTP authenticator', builtIn: ['basic'], several: true },
    http_framework_authenticators: { what: 'HTTP authenticator', builtIn: ['basic'], several: true },
    hooks,
  },
  // src/slave/main.cpp, Slave::initialize, Slave::authenticate, src/common/http.cpp.
  agent: {
    authenticatee: { what: 'authenticatee', builtIn: ['crammd5'] },
    authorizer: { what: 'authorizer', builtIn: ['local'] },
    http_authenticators: { what: 'HTTP authenticator', builtIn: ['basic', 'jwt'], several: true },
    container_logger: { what: 'container logger', builtIn: [] },
    disk_profile_adaptor: { what: 'disk profile adaptor', builtIn: [] },
    qos_controller: { what: 'QoS controller', builtIn: [] },
    resource_estimator: { what: 'resource estimator', builtIn: [] },
    secret_resolver: { what: 'secret resolver', builtIn: [] },
    hooks,
  },
  marathon: {},
}

/**
 * Whether a module may have a name. Modules that are listed in a file on the machine may have any name.
 */
export function mayBeModule(options: Options, name: string): boolean {
  const { modules, modules_dir } = options
  if (modules_dir !== undefined || typeof modules === 'string') return true
  return namesIn(modules).includes(name)
}

/** Every `name` in the map of modules, including those of the libraries. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'name' && typeof inner === 'string' ? [inner] : namesIn(inner),
  )
}

/** Names of components that are neither built in nor provided by a module. */
export function unknownNames(
  daemon: Daemon,
  given: GivenFlags,
  options: Options,
  path: Path,
): readonly Problem[] {
  return [...given].flatMap(([flag, { as, value }]): readonly Problem[] => {
    const part = Object.hasOwn(parts[daemon], flag) ? parts[daemon][flag] : undefined
    if (part === undefined || /^file:/.test(String(value))) return []
    const message = nameTrouble(part, value, options)
    if (message === undefined) return []
    return [{ code: 'E093', path: path.below(as), message, help: wayOut(part, value) }]
  })
}

function nameTrouble({ what, builtIn, several }: Part, value: unknown, options: Options): string | undefined {
  const names = itemsOf(value) ?? []
  if (typeof value !== 'string' || names.length === 0)
    return `must be the name of an ${what}`.replace(/an (?![aeiH])/, 'a ')
  if (names.length > 1 && several !== true) return `must be one ${what}, got ${show(value)}`
  if (new Set(names).size < names.length) return 'must not contain a name twice'
  const unknown = names.find(name => !builtIn.includes(name) && !mayBeModule(options, name))
  return unknown === undefined ? undefined : `unknown ${what} ${show(unknown)}`
}

function wayOut({ builtIn }: Part, value: unknown): string {
  const unknown = itemsOf(value)?.filter(name => !builtIn.includes(name))
  const near = unknown?.map(name => suggestion(name, builtIn))
  const other = builtIn.length === 0 ? '' : `use ${builtIn[0]}, or `
  return near?.find(found => found !== undefined) ?? `${other}set modules to load it from a library`
}
