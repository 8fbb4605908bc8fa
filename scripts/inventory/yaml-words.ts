import { type FindCause, within } from './yaml-broken.ts'
import { lineEnd } from './yaml-scan.ts'

// Mistakes in single characters and words.

export const forbiddenCharacter: FindCause = ({ text, at, reason }) => {
  if (!/non-printable|null byte/.test(reason)) return undefined
  const code = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return { start: at, end: at + 1, message: `the character U+${code} is not allowed`, help: 'remove it' }
}

export const unknownEscape: FindCause = ({ text, at, reason }) => {
  if (!/escape|hexadecimal/.test(reason)) return undefined
  const start = text.lastIndexOf('\\', at)
  const message = `\\${text[start + 1]} is not an escape sequence`
  return { start, end: start + 2, message, help: 'use single quotes, or write the backslash twice' }
}

/** Characters that a value may contain, but not at its start. */
export const reservedStart: FindCause = ({ text, at, line, reason }) => {
  const char = text[at] ?? ''
  const begins = /([:,[{]|^\s*-)\s*$/.test(text.slice(line.start, at))
  if (!begins || !/[@`%]/.test(char) || !/bad indentation|missed comma|expected/.test(reason))
    return undefined
  const message = `a value that begins with ${char} must be quoted`
  return { start: at, end: lineEnd(text, at), message, help: 'put quotes around the value' }
}

export const unknownAlias: FindCause = ({ text, at, reason }) => {
  if (!/alias/.test(reason)) return undefined
  const start = text.lastIndexOf('*', at)
  const [word = '*'] = /^\*[^\s,\]}]*/.exec(text.slice(start, start + 1000)) ?? []
  const place = { start, end: start + word.length }
  if (/^\*\w/.test(word))
    return {
      ...place,
      message: `there is no anchor &${word.slice(1)} above`,
      help: 'put quotes around it if it is text',
    }
  return {
    ...place,
    message: 'a value that begins with * must be quoted',
    help: 'put quotes around the value',
  }
}

export const unknownTag: FindCause = ({ text, at, reason, line }) => {
  if (!/unknown .*tag/.test(reason)) return undefined
  const start = text.lastIndexOf('!', at)
  if (start < line.start) return undefined
  const [word = '!'] = /^\S+/.exec(text.slice(start, start + 1000)) ?? []
  const help = 'put quotes around the value if it is text'
  return { start, end: start + word.length, message: 'tags that begin with ! are not supported', help }
}

/** YAML reads the `{{ name }}` of templates as a map that is the key of a map. */
export const templateMarks: FindCause = ({ text, reason, line }) => {
  if (!/complex keys|missed comma/.test(reason)) return undefined
  const content = /\{[{%]/.test(line.content) ? line : { start: 0, content: text }
  if (!/\{[{%]/.test(content.content)) return undefined
  const help = 'write the value itself, or put quotes around it'
  return { ...within(content, /\{[{%]/), message: 'templates such as {{ … }} are not supported', help }
}

export const textAfterBlockMark: FindCause = ({ text, at, reason }) =>
  reason.includes('line break is expected')
    ? {
        start: at,
        end: lineEnd(text, at),
        message: 'nothing may follow | or > on its line',
        help: 'begin the text on the next line',
      }
    : undefined
