import { structuredPatch } from 'diff'
import { withoutSecrets } from '../inventory/secret-text.ts'
import type { UserData } from '../user-data/render.ts'

/** What machines of a node have booted with, or will. */
export interface Booted {
  /** The node's name. */
  readonly node: string
  /** The machine, or the version of the launch template. */
  readonly holder: string
  readonly text: string
}

/** How far what runs of a node is from what its inventory asks. */
export interface Difference {
  readonly node: string
  /** None when nothing of the node runs. */
  readonly holder: string | null
  readonly same: boolean
  /** Lines of what runs (`-`) and of what is asked (`+`), with three lines around them (` `). */
  readonly hunks: readonly Hunk[]
}

export interface Hunk {
  /** The line of what is asked where it begins, counted from 1. */
  readonly line: number
  readonly lines: readonly string[]
}

/** Compares what is asked of every node with what runs of it. */
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

// Compared as they are, and shown without secrets: a line whose secret has changed is still a changed line.
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
