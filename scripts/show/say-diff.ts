import type { Difference, Hunk } from '../plan/user-data-diff.ts'
import { count } from '../plan/words.ts'
import type { Style } from './style.ts'

/** Differences as text: a line for each node that is unchanged, the changed lines of the others. */
export function sayDifferences(all: readonly Difference[], style: Style): string {
  return all.map(one => sayDifference(one, style)).join('\n')
}

function sayDifference({ node, holder, same, hunks }: Difference, style: Style): string {
  if (holder === null) return `${style.dim('·')} ${node}: not running`
  if (same) return `${style.good('=')} ${node} (${holder}): unchanged`
  const changed = hunks.flatMap(({ lines }) => lines).filter(line => /^[+-]/.test(line)).length
  const head = `${style.changed('~')} ${node} (${holder}): ${count(changed, 'line')} changed`
  return [head, ...hunks.flatMap(hunk => sayHunk(hunk, style))].join('\n')
}

function sayHunk({ line, lines }: Hunk, style: Style): readonly string[] {
  const paint = { '+': style.good, '-': style.bad, ' ': style.dim, '\\': style.dim }
  return [
    style.dim(`    line ${line}`),
    ...lines.map(text => paint[(text[0] ?? ' ') as keyof typeof paint](`    ${text}`)),
  ]
}
