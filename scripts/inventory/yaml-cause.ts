import {
  missingComma,
  missingOpening,
  surplusComma,
  textAfterQuote,
  unclosedBracket,
  unclosedQuote,
  wrongBracket,
} from './yaml-brackets.ts'
import { brokenAt, type Cause, type FindCause } from './yaml-broken.ts'
import {
  colonInValue,
  duplicateKey,
  indentation,
  listAfterKey,
  mergeConflict,
  missingColon,
  missingSpace,
  secondDocument,
  tabs,
} from './yaml-lines.ts'
import {
  forbiddenCharacter,
  reservedStart,
  templateMarks,
  textAfterBlockMark,
  unknownAlias,
  unknownEscape,
  unknownTag,
} from './yaml-words.ts'

/** What a parser stumbles over later than a person made the mistake, the surest signs first. */
const causes: readonly FindCause[] = [
  mergeConflict,
  forbiddenCharacter,
  tabs,
  secondDocument,
  duplicateKey,
  unknownEscape,
  unknownAlias,
  unknownTag,
  unclosedQuote,
  wrongBracket,
  unclosedBracket,
  textAfterQuote,
  templateMarks,
  reservedStart,
  surplusComma,
  missingOpening,
  missingComma,
  listAfterKey,
  textAfterBlockMark,
  missingSpace,
  colonInValue,
  missingColon,
  indentation,
]

/**
 * What is wrong with a text that isn't YAML, in words, and where it began.
 *
 * @param reason the parser's words
 * @param at the offset at which the parser gave up
 * @returns nothing when the parser's own words are the best there are
 */
export function causeOf(text: string, reason: string, at: number): Cause | undefined {
  const broken = brokenAt(text, reason, at)
  for (const find of causes) {
    const cause = find(broken)
    if (cause !== undefined) return cause
  }
  return undefined
}

/** Why a text that is YAML holds nothing but text: its first line has no colon, or no space after it. */
export function causeOfText(text: string): Cause | undefined {
  const broken = brokenAt(text, 'document separator', /\S/.exec(text)?.index ?? 0)
  return missingSpace(broken) ?? missingColon({ ...broken, above: broken.line })
}
