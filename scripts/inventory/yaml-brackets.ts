import type { FindCause } from './yaml-broken.ts'
import { lineEnd } from './yaml-scan.ts'

// Mistakes in quotes, brackets and commas.

const closing: Readonly<Record<string, string>> = { '[': ']', '{': '}' }

export const unclosedQuote: FindCause = ({ text, open }) => {
  if (open.quote === undefined) return undefined
  const quote = text[open.quote]
  const end = lineEnd(text, open.quote)
  return {
    start: open.quote,
    end,
    message: `the quote ${quote} is not closed`,
    help: `close it with ${quote}`,
  }
}

export const wrongBracket: FindCause = ({ text, at, open }) => {
  const char = text[at] ?? ''
  if (char !== ']' && char !== '}') return undefined
  const inner = open.brackets.at(-1)
  if (inner === undefined || !open.brackets.some(one => closing[text[one] ?? ''] === char))
    return {
      start: at,
      end: at + 1,
      message: `no bracket is open that ${char} could close`,
      help: 'remove it',
    }
  const expected = closing[text[inner] ?? ''] ?? ''
  if (expected === char) return undefined
  const message = `the bracket ${text[inner]} is not closed`
  return { start: inner, end: inner + 1, message, help: `close it with ${expected} before the ${char}` }
}

/** `tags: team: a }`: more brackets are closed on the line than were opened. */
export const missingOpening: FindCause = ({ text, at, open: { token, brackets }, line }) => {
  if (text[at] !== ':' || token < line.start) return undefined
  const rest = text.slice(token, lineEnd(text, at)).replace(/"[^"]*"|'[^']*'|\s#.*/g, '')
  const [opened, closed] = [/[[{]/g, /[\]}]/g].map(pattern => rest.match(pattern)?.length ?? 0)
  if (closed === undefined || opened === undefined || closed <= opened + brackets.length) return undefined
  const bracket = rest.trimEnd().endsWith(']') ? '[' : '{'
  return { start: token, end: at, message: `a bracket is missing`, help: `put ${bracket} before it` }
}

export const unclosedBracket: FindCause = ({ text, reason, open }) => {
  const inner = open.brackets.at(-1)
  if (inner === undefined || !/deficient indentation|unexpected end of the stream/.test(reason))
    return undefined
  const bracket = text[inner] ?? ''
  const help = `close it with ${closing[bracket]}`
  return { start: inner, end: inner + 1, message: `the bracket ${bracket} is not closed`, help }
}

export const textAfterQuote: FindCause = ({ text, at, open: { quoted, brackets } }) => {
  if (quoted === undefined || at < quoted.end || !/^[ \t]*$/.test(text.slice(quoted.end, at)))
    return undefined
  if (/^[\s:\]}]?$/.test(text[at] ?? '')) return undefined
  const { start, end } = quoted
  if (/[,:] /.test(text.slice(start, end)))
    return {
      start,
      end,
      message: `the quote ${text[start]} is not closed where it should be`,
      help: 'check the quotes of this line',
    }
  if (text[start] === "'" && at === end)
    return {
      start,
      end: at + 1,
      message: 'the apostrophe ends the quoted text',
      help: "write it as '', or use double quotes",
    }
  if (brackets.length > 0 && at > end) return missing(at)
  return {
    start,
    end: at + 1,
    message: 'text follows the closing quote',
    help: 'put all of the value in quotes',
  }
}

const missing = (at: number) => ({
  start: at,
  end: at + 1,
  message: 'a comma is missing',
  help: 'put a comma before it',
})

export const missingComma: FindCause = ({ text, at, reason, open: { token, brackets } }) => {
  if (brackets.length === 0 || !reason.includes('missed comma')) return undefined
  if (text[at] !== ':') return missing(at)
  const words = /^(.*\s)\S+$/s.exec(text.slice(token, at))
  if (words === null) return undefined
  const start = token + (words[1] ?? '').length
  const message = 'a comma is missing before this key, or the value before it must be quoted'
  return { start, end: at, message }
}

export const surplusComma: FindCause = ({ text, at, reason }) =>
  reason.includes('expected the node content') && text[at] === ','
    ? { start: at, end: at + 1, message: 'there is nothing between two commas', help: 'remove one of them' }
    : undefined
