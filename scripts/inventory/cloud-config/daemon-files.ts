import type { Finding } from '../rules/rule.ts'
import { type Check, entriesOf, isMapping } from './config.ts'
import { realPath } from './paths.ts'

// Files that the daemons of the node read together with their own.

// Consul 1.22: agent/config/config.go. A later file wins over an earlier one.
const ofConsul = `bind_addr bootstrap bootstrap_expect data_dir datacenter domain enable_local_script_checks
  leave_on_terminate node_name ports primary_datacenter retry_join server`.split(/\s+/)

/** Files in the directories of Consul and of the resolver that keep these from starting, or from working. */
export const checkDaemonFiles: Check = (config, path) =>
  entriesOf(config.write_files).flatMap((file, index): readonly Finding[] => {
    if (!isMapping(file) || typeof file.path !== 'string' || typeof file.content !== 'string') return []
    if (typeof file.encoding === 'string' && !/^(text\/plain)?$/.test(file.encoding)) return []
    const place = path.below('write_files', index, 'content')
    const real = realPath(file.path)
    const found = /^\/etc\/consul\.d\/[^/]+$/.test(real)
      ? consulTrouble(real, file.content)
      : /^\/etc\/dnsmasq\.d\/[^/]+\.conf$/.test(real)
        ? resolverTrouble(file.content)
        : undefined
    return found === undefined ? [] : [{ path: place, ...found }]
  })

type Trouble = { readonly message: string; readonly help: string } | undefined

function consulTrouble(real: string, content: string): Trouble {
  const keys = real.endsWith('.json') ? keysOfJson(content) : real.endsWith('.hcl') ? keysOfHcl(content) : []
  if (keys === undefined) {
    const message = 'is not a JSON object: Consul does not start with it'
    return { message, help: 'correct it' }
  }
  const own = keys.find(key => ofConsul.includes(key))
  if (own === undefined) return undefined
  return { message: `sets ${own} of Consul, which the node sets`, help: `remove ${own}` }
}

function keysOfJson(content: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(content)
    return isMapping(value) ? Object.keys(value) : undefined
  } catch {
    return undefined
  }
}

const keysOfHcl = (content: string) =>
  [...content.matchAll(/^"?([a-z_]+)"?\s*[={]/gm)].map(([, key = '']) => key)

// The node's own configuration has bind-interfaces and listens on port 53 (dnsmasq(8)).
const unfit = /^[ \t]*(port|bind-dynamic|user|pid-file|no-resolv|no-daemon|conf-file|test|help|version)\b/m

function resolverTrouble(content: string): Trouble {
  const option = unfit.exec(content)?.[1]
  if (option === undefined) return undefined
  return {
    message: `sets ${option}, with which the resolver of the node does not work`,
    help: `remove ${option}`,
  }
}
