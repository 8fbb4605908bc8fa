/** The quotes, brackets and values that are open at a place in a YAML text, and where they begin. */
export interface Scanned {
  /** The quote that contains the place. */
  readonly quote: number | undefined
  /** The brackets that contain it, the innermost last. */
  readonly brackets: readonly number[]
  /** The last quoted text before it: the offsets of its start and its end. */
  readonly quoted: { readonly start: number; readonly end: number } | undefined
  /** The first character of the value or key that contains it, or that ends just before it. */
  readonly token: number
}

interface State {
  quote: number | undefined
  brackets: number[]
  quoted: Scanned['quoted']
  token: number
  /** Whether a value or a key may begin here. */
  fresh: boolean
}

/**
 * Reads a YAML text up to an offset as far as quotes, brackets, comments and blocks of text go (YAML 1.2.2, chapters
 * 6 to 8). Unlike a parser, it also reads texts that are not valid.
 */
export function scanYaml(text: string, end: number): Scanned {
  const state: State = { quote: undefined, brackets: [], quoted: undefined, token: 0, fresh: true }
  let at = 0
  while (at < end) at = step(text, at, end, state)
  return state
}

function step(text: string, at: number, end: number, state: State): number {
  const char = text[at] ?? ''
  if (isBreak(char)) {
    state.fresh = true
    return at + 1
  }
  if (char === '#' && /^$|\s/.test(text[at - 1] ?? '')) return lineEnd(text, at)
  if (/\s/.test(char)) return at + 1
  if (!state.fresh) return afterStarted(text, at, state)
  state.token = at
  if (char === '"' || char === "'") return quotedFrom(text, at, end, state)
  if ((char === '|' || char === '>') && state.brackets.length === 0) return blockEnd(text, at)
  if ((char === '-' || char === '?') && /^$|\s/.test(text[at + 1] ?? '')) return at + 1
  if (char === '&' || char === '!') return at + (/^\S+/.exec(text.slice(at))?.[0].length ?? 1)
  return afterStarted(text, at, state)
}

/** A character of an unquoted value or key. */
function afterStarted(text: string, at: number, state: State): number {
  const char = text[at] ?? ''
  const flow = state.brackets.length > 0
  state.fresh = false
  if ((char === '[' || char === '{') && (flow || state.token === at)) {
    state.brackets.push(at)
    state.fresh = true
  } else if (flow && (char === ']' || char === '}')) state.brackets.pop()
  else if (flow && char === ',') state.fresh = true
  else if (char === ':' && /^$|\s/.test(text[at + 1] ?? '')) state.fresh = true
  else if (char === ':' && state.quoted?.end === at && flow) state.fresh = true
  return at + 1
}

function quotedFrom(text: string, at: number, end: number, state: State): number {
  const quote = text[at]
  for (let next = at + 1; next < end; next += 1) {
    if (text[next] === '\\' && quote === '"') next += 1
    else if (text[next] === quote && quote === "'" && text[next + 1] === "'") next += 1
    else if (text[next] === quote) {
      state.quoted = { start: at, end: next + 1 }
      state.fresh = false
      return next + 1
    }
  }
  state.quote = at
  return end
}

/** The end of a block scalar: before the first line that is not indented further than its key. */
function blockEnd(text: string, at: number): number {
  const indentation = indentOf(text, lineStart(text, at))
  let next = nextLine(text, at)
  while (next < text.length && (isBlank(text, next) || indentOf(text, next) > indentation))
    next = nextLine(text, next)
  return next
}

const isBreak = (char: string) => char === '\n' || char === '\r'

/** The offset of the first character of a line. */
export function lineStart(text: string, at: number): number {
  let start = at
  while (start > 0 && !isBreak(text[start - 1] ?? '')) start -= 1
  return start
}

/** The offset just behind the last character of a line. */
export function lineEnd(text: string, at: number): number {
  let end = at
  while (end < text.length && !isBreak(text[end] ?? '')) end += 1
  return end
}

function nextLine(text: string, at: number): number {
  const end = lineEnd(text, at)
  return end + (text.startsWith('\r\n', end) ? 2 : 1)
}

/** How many spaces a line begins with. */
export function indentOf(text: string, start: number): number {
  return /^ */.exec(text.slice(start, start + 1000))?.[0].length ?? 0
}

function isBlank(text: string, start: number): boolean {
  return text.slice(start, lineEnd(text, start)).trim() === ''
}
