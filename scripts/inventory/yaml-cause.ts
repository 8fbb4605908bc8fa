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
  foreignSpace,
  indentation,
  iniSection,
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

/**
 * The possible causes of an error of the parser, which may report it after the actual mistake. The most certain ones
 * come first.
 */
const causes: readonly FindCause[] = [
  mergeConflict,
  forbiddenCharacter,
  tabs,
  foreignSpace,
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
  iniSection,
  indentation,
]

/**
 * The mistake in a text that is not YAML, and its position.
 *
 * @param reason the message of the parser
 * @param at the offset at which the parser gave up
 * @returns undefined if there is no better message than that of the parser
 */
export function causeOf(text: string, reason: string, at: number): Cause | undefined {
  const broken = brokenAt(text, reason, at)
  for (const find of causes) {
    const cause = find(broken)
    if (cause !== undefined) return cause
  }
  return undefined
}

/** Why YAML reads an inventory as a single text: its first line has no colon, or no space after the colon. */
export function causeOfText(text: string): Cause | undefined {
  const broken = brokenAt(text, 'document separator', /\S/.exec(text)?.index ?? 0)
  return missingSpace(broken) ?? missingColon({ ...broken, above: broken.line })
}
