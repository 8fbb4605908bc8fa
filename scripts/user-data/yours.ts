import { dump } from 'js-yaml'

type CloudConfig = Readonly<Record<string, unknown>>

/**
 * The lists that a node's own user data has too. The node's entries come first: cloud-init's write_files ends at the
 * first file that it cannot write (cc_write_files.py), and a command that never returns keeps later ones from running.
 */
const shared = ['write_files', 'runcmd'] as const

/**
 * What a person adds to a node's user-data, for the place in the templates where it belongs: their entries of a list
 * that is ours too, or everything else. The whole is what cloud-init makes of the two documents, ours first, by the
 * rule `list(append)+dict(no_replace,recurse_list)+str()`.
 */
export type Yours = (place: (typeof shared)[number] | 'others') => string

export function yoursOf(extra: CloudConfig): Yours {
  const others = Object.entries(extra).filter(([key]) => !shared.some(name => name === key))
  return place => {
    if (place === 'others') return others.length === 0 ? '' : quoted(Object.fromEntries(others))
    const entries = extra[place]
    if (!Array.isArray(entries) || entries.length === 0) return ''
    return quoted(entries).replace(/^(?=.)/gm, '  ')
  }
}

// Every text in double quotes, on one line: so it means the same to YAML 1.1 and 1.2, whatever is in it.
function quoted(value: unknown): string {
  return dump(value, { forceQuotes: true, quoteStyle: 'double', lineWidth: -1, noRefs: true })
}
