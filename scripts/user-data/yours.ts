import { dump } from 'js-yaml'

type CloudConfig = Readonly<Record<string, unknown>>

/**
 * The lists that the user data of the node also contains. The entries of the node come first: write_files in cloud-init
 * stops at the first file that it cannot write (cc_write_files.py), and a command that never returns prevents later
 * commands from running.
 */
const shared = ['write_files', 'runcmd'] as const

/**
 * The user's additions to the user data of a node, for the place in the templates where they belong: the entries of a
 * shared list, or everything else. The result is what cloud-init would produce by merging the two documents, ours
 * first, with `list(append)+dict(no_replace,recurse_list)+str()`.
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

// Writes every string in double quotes on one line, so that YAML 1.1 and 1.2 read it in the same way.
function quoted(value: unknown): string {
  return dump(value, { forceQuotes: true, quoteStyle: 'double', lineWidth: -1, noRefs: true })
}
