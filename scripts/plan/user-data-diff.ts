import { structuredPatch } from 'diff'
import { withoutSecrets } from '../inventory/secret-text.ts'
import type { UserData } from '../user-data/render.ts'

/** The user data that machines of a node have booted with, or will boot with. */
export interface Booted {
  /** The name of the node. */
  readonly node: string
  /** The machine, or the version of the launch template. */
  readonly holder: string
  readonly text: string
}

/** The differences between the user data of a running node and that of the inventory. */
export interface Difference {
  readonly node: string
  /** Null if no machine of the node is running. */
  readonly holder: string | null
  readonly same: boolean
  /** Lines of the running user data (`-`) and of the inventory (`+`), with three lines of context (` `). */
  readonly hunks: readonly Hunk[]
}

export interface Hunk {
  /** The first line in the user data of the inventory, counted from 1. */
  readonly line: number
  readonly lines: readonly string[]
}

/** Compares the user data of every node with what its machines booted with. */
export function differences(asked: readonly UserData[], booted: readonly Booted[]): readonly Difference[] {
  return asked.flatMap(({ name, text }): readonly Difference[] => {
    const holders = booted.filter(({ node }) => node === name)
    if (holders.length === 0) return [{ node: name, holder: null, same: false, hunks: [] }]
    return holders.map(one => {
      const same = one.text === text
      return { node: name, holder: one.holder, same, hunks: same ? [] : hunksOf(one.text, text) }
    })
  })
}

// Compares the text including secrets, but shows secrets masked: a line in which only a secret differs is still a
// changed line.
function hunksOf(before: string, after: string): readonly Hunk[] {
  const { hunks } = structuredPatch('', '', before, after, undefined, undefined, { context: 3 })
  const [old, now] = [before, after].map(text => withoutSecrets(text).split('\n'))
  return hunks.map(({ oldStart, newStart, lines }) => {
    const at = { old: oldStart - 1, now: newStart - 1 }
    const shown = lines.map(line => {
      const sign = line.charAt(0)
      if (sign === '\\') return line
      const text = sign === '+' ? now?.[at.now] : old?.[at.old]
      if (sign !== '+') at.old += 1
      if (sign !== '-') at.now += 1
      return `${sign}${text ?? line.slice(1)}`
    })
    return { line: newStart, lines: shown }
  })
}
