import {
  type Broken,
  type Cause,
  type FindCause,
  type Line,
  lineAbove,
  lineOf,
  within,
} from './yaml-broken.ts'
import { indentOf, lineEnd } from './yaml-scan.ts'

// Mistakes in whole lines: merge conflicts, colons and indentation.

export const mergeConflict: FindCause = ({ text, line, above }) => {
  const middle = [line, above].find(one => one !== undefined && /^={7}$/.test(one.content))
  const start = /^(<{7}|>{7}|\|{7})( .*)?$/m.exec(text)?.index ?? middle?.start
  if (start === undefined) return undefined
  const help = 'keep one of the two versions, and remove the lines with <<<<<<<, ======= and >>>>>>>'
  return { start, end: lineEnd(text, start), message: 'a merge conflict is not resolved', help }
}

export const tabs: FindCause = ({ reason, line }) => {
  const indentation = /^\s*/.exec(line.content)?.[0] ?? ''
  if (!reason.includes('tab characters') && !indentation.includes('\t')) return undefined
  const start = line.start + Math.max(0, indentation.indexOf('\t'))
  const help = 'use spaces'
  return {
    start,
    end: line.start + indentation.length,
    message: 'a line must not be indented with tabs',
    help,
  }
}

export const secondDocument: FindCause = ({ text, reason }) => {
  if (!reason.includes('single document')) return undefined
  const start = [...text.matchAll(/^---/gm)].at(-1)?.index ?? 0
  const help = 'remove it, or move what follows to another file'
  return { start, end: start + 3, message: 'a second document begins here', help }
}

const foreign = /(?:^ *|:)(\u00a0+)/

/** Text that is copied from a web page may contain spaces that YAML reads as letters. */
export const foreignSpace: FindCause = ({ line, above }) => {
  const wrong = [above, line].find(one => one !== undefined && foreign.test(one.content))
  if (wrong === undefined) return undefined
  const message = 'the line has a no-break space (U+00A0), which YAML reads as a letter'
  return { ...within(wrong, foreign), message, help: 'replace it with a space' }
}

/** `[leaders]` in an inventory in the INI format of Ansible. */
export const iniSection: FindCause = ({ reason, above }) => {
  const section = /^\[[\w:.-]+\]\s*$/
  if (!/document separator/.test(reason) || above === undefined || !section.test(above.content))
    return undefined
  const help = 'write the inventory in YAML; see inventory.example.yaml'
  return { ...within(above, section), message: 'sections in brackets are not supported', help }
}

const unspaced = /^\s*([A-Za-z_][\w.-]*:)(?!\/\/)[^\s:]/

/** `min:2`: without a space after the colon, YAML reads it as text, and cannot read what follows. */
export const missingSpace: FindCause = ({ text, line, above }) => {
  let wrong = [line, above].find(one => one !== undefined && unspaced.test(one.content))
  if (wrong === undefined) return undefined
  for (let next = lineAbove(text, wrong); next !== undefined && unspaced.test(next.content); ) {
    wrong = next
    next = lineAbove(text, next)
  }
  return { ...within(wrong, unspaced), message: 'a space is missing after the colon', help: 'add a space' }
}

const isPlain = /^\s*[^\s#'"\-[{&*!|>%@`][^:#]*$/

export const missingColon: FindCause = ({ reason, above }) => {
  if (!/multiline key|document separator/.test(reason)) return undefined
  if (above === undefined || !isPlain.test(above.content)) return undefined
  const help = above.content.includes('=')
    ? 'write a colon and a space instead of ='
    : 'write a key, a colon, a space and a value'
  return { ...within(above, /\S.*\S|\S/), message: 'this line has no colon', help }
}

/** `mesos_cluster: prod: eu`. The parser ends at the second colon. */
export const colonInValue: FindCause = ({ text, at, open: { token }, line, reason }) => {
  if (text[at] !== ':' || !/bad indentation|missed comma/.test(reason)) return undefined
  if (token < line.start || /^\s*(- +)*$/.test(text.slice(line.start, token))) return undefined
  const message = 'a value with a colon and a space in it must be quoted'
  return { start: token, end: lineEnd(text, at), message, help: 'put quotes around the value' }
}

export const indentation: FindCause = broken => {
  const { text, at, line, above } = broken
  if (above === undefined || !broken.reason.includes('bad indentation')) return undefined
  const own = indentOf(text, line.start)
  if (at === line.start + own) return besideOthers(broken, above, own)
  const usual = indentOf(text, above.start)
  if (text[at] !== ':' || own <= usual || !/:\s+\S/.test(above.content)) return undefined
  const message = 'the line is indented further than the one above, which has a value already'
  return { start: line.start, end: line.start + own, message, help: indentBy([usual]) }
}

/** A line with an indentation that no line above has, a list item among keys, or a key among list items. */
function besideOthers({ text, line }: Broken, above: Line, own: number): Cause | undefined {
  const levels = levelsAbove(text, line)
  const place = { start: line.start + own, end: line.start + line.content.trimEnd().length }
  const isItem = /^\s*-(\s|$)/
  const twin = levels.get(own)
  if (twin === undefined) {
    const most = indentOf(text, above.start)
    const usable = [...levels.keys()].filter(level => level <= most).sort((a, b) => a - b)
    const near = [usable.findLast(level => level < own), usable.find(level => level > own)]
    const message = `the line is indented with ${spaces(own)}, like no line above`
    return { ...place, message, help: indentBy(near) }
  }
  if (isItem.test(twin.content) && !isItem.test(line.content))
    return {
      ...place,
      message: 'the line is in a list, and does not begin with a hyphen',
      help: 'begin it with a hyphen and a space',
    }
  if (!isItem.test(line.content)) return undefined
  return {
    ...place,
    message: 'an item of a list stands among the keys of a map',
    help: 'indent it below its key',
  }
}

/** The nearest line above for each possible indentation of a line. */
function levelsAbove(text: string, line: Line): ReadonlyMap<number, Line> {
  const levels = new Map<number, Line>()
  let least = Number.POSITIVE_INFINITY
  for (let next = lineAbove(text, line); next !== undefined && least > 0; next = lineAbove(text, next)) {
    const own = indentOf(text, next.start)
    if (own < least) levels.set(own, next)
    least = Math.min(least, own)
  }
  return levels
}

function indentBy(levels: readonly (number | undefined)[]): string {
  const known = levels.filter(level => level !== undefined)
  return known.join('') === '0'
    ? 'remove the spaces before it'
    : `indent it with ${known.join(' or ')} spaces`
}

const spaces = (count: number) => (count === 1 ? '1 space' : `${count} spaces`)

export const listAfterKey: FindCause = ({ text, at, line }) => {
  if (!/^- /.test(text.slice(at, at + 2)) || !/:\s*$/.test(text.slice(line.start, at))) return undefined
  return {
    start: at,
    end: at + 1,
    message: 'a list must begin on a line of its own',
    help: 'put it below its key',
  }
}

/** A duplicate key. The parser reports the second one. */
export const duplicateKey: FindCause = ({ text, at, reason, open }) => {
  if (!reason.includes('duplicated mapping key')) return undefined
  const key = /^("[^"\n]*"|'[^'\n]*'|[^\s:,{}[\]]+)/.exec(text.slice(at, at + 1000))?.[0] ?? ''
  const name = key.replace(/^["']|["']$/g, '')
  const first = firstOf(text, name, at, open.brackets)
  const place = { start: at, end: at + key.length }
  const also = first === undefined ? {} : { also: { at: first, message: `${name} is set first` } }
  return { ...place, message: `${name} is set twice`, help: 'remove one of them', ...also }
}

function firstOf(text: string, name: string, at: number, brackets: readonly number[]): number | undefined {
  const inner = brackets.at(-1)
  const pattern = new RegExp(`(?<=^|[\\s{,])(["']?)${name.replace(/[^\w]/g, '\\$&')}\\1\\s*:`, 'gm')
  const found = [...text.slice(inner ?? 0, at).matchAll(pattern)].map(({ index }) => index + (inner ?? 0))
  const column = (offset: number) => offset - lineOf(text, offset).start
  return found.findLast(offset => inner !== undefined || column(offset) === column(at))
}
