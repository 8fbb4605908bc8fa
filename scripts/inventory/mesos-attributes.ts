import { largestExact, parseValue, shownByMesos } from './mesos-values.ts'
import type { Path } from './problem-path.ts'
import { type Problem, show } from './problems.ts'

type Pairs = Readonly<Record<string, string | number>>

/** Attributes that Mesos could not read, or would change (Mesos 1.11, src/common/attributes.cpp). */
export function checkAttributes(attributes: Pairs, path: Path): readonly Problem[] {
  return Object.entries(attributes).flatMap(([name, value], index): readonly Problem[] => {
    const place = path.below(name)
    // Only the first attribute is at the start of the value of the flag.
    if (index === 0 && name === 'file' && String(value).startsWith('//')) return [isTakenForFile(place)]
    const trouble = attributeTrouble(value)
    return trouble === undefined ? [] : [{ path: place, ...trouble }]
  })
}

/** Mesos replaces the value of a flag that starts with this (3rdparty/stout/include/stout/flags/fetch.hpp). */
export const isTakenForFile = (path: Path): Problem => ({
  code: 'E103',
  path,
  message: 'must not start with file://, because Mesos then reads the value from that file',
  help: 'choose another value',
})

function attributeTrouble(value: string | number): Omit<Problem, 'path'> | undefined {
  const text = String(value)
  const read = parseValue(text)
  switch (read.kind) {
    case 'error':
      return unreadable(text, read.why)
    case 'set': {
      const message = `Mesos reads ${show(value)} as a set, which is not supported for attributes`
      return { code: 'E039', message, help: 'start the value with another character' }
    }
    case 'text':
      return text.includes(' ') ? withoutSpaces(text) : undefined
    case 'scalar':
      return text.trim().includes(' ') ? withoutSpaces(text) : numberTrouble(text, read.amount)
    case 'ranges':
      return undefined
  }
}

function unreadable(text: string, why: string): Omit<Problem, 'path'> {
  if (text.trim().startsWith('[')) {
    const message = `Mesos reads ${show(text)} as ranges, and they are not valid`
    return { code: 'E039', message, help: 'start the value with another character' }
  }
  return {
    code: 'E039',
    message: `Mesos cannot parse ${show(text)}: ${why}`,
    help: 'choose another value',
  }
}

function withoutSpaces(text: string): Omit<Problem, 'path'> {
  const message = `Mesos removes the spaces, and shows ${show(text.replaceAll(' ', ''))}`
  return { code: 'W025', message, help: 'use another character, such as a hyphen' }
}

function numberTrouble(text: string, amount: number): Omit<Problem, 'path'> | undefined {
  const help = 'to keep it as text, add a letter'
  if (amount > largestExact)
    return {
      code: 'E101',
      message: `must be at most ${largestExact}, because Mesos reads it as a number and loses digits`,
      help,
    }
  const shown = shownByMesos(amount)
  if (shown === text.trim()) return undefined
  return { code: 'W025', message: `Mesos reads ${text} as the number ${shown}`, help }
}
