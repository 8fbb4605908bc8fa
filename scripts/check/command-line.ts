import type { Path } from '../inventory/problem-path.ts'
import type { Span } from '../inventory/source.ts'
import { calledAs } from './called.ts'

/** The command line of a call, to show problems in it. */
export interface CommandLine {
  /** `npm run launch -- --leaders 4`, as a user would type it. */
  readonly text: string
  readonly words: readonly Word[]
}

/** An argument and its position in the line. */
interface Word extends Span {
  readonly given: string
}

/** The command line of a call of `npm run <name>`. */
export function commandLine(name: string, args: readonly string[]): CommandLine {
  let text = calledAs(name)
  const words = args.map((given): Word => {
    const start = text.length + 1
    text += ` ${quoted(given)}`
    return { given, start, end: text.length }
  })
  return { text, words }
}

/** Quotes a word for the shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/**
 * What to underline in a command line: the value of an option; for `--set NAME=VALUE`, the name if it is wrong (`at` is
 * `key`); or the option itself if it has no value.
 *
 * @param path `--leaders`, `--set mesos_zk_port`
 */
export function spanIn({ words }: CommandLine, path: Path, at: 'key' | undefined): Span | undefined {
  if (path.of !== 'command line') return undefined
  const [option = '', variable, ...parts] = path.words
  const found = words.flatMap((word, index) => wordsFor(word, words[index + 1], option))
  if (variable === undefined) return found.at(-1)
  const setting = found.findLast(({ given }) => given.startsWith(`${variable}=`))
  if (setting === undefined) return undefined
  // A quoted word is underlined as a whole, because quoting shifts the positions of its characters.
  if (setting.end - setting.start !== setting.given.length) return setting
  const equals = setting.start + variable.length
  return at === 'key' && parts.length === 0
    ? { start: setting.start, end: equals }
    : { start: equals + 1, end: setting.end }
}

function wordsFor(word: Word, next: Word | undefined, option: string): readonly Word[] {
  if (word.given === option) return [next ?? word]
  if (!word.given.startsWith(`${option}=`)) return []
  const start = word.start + option.length + 1
  return [{ given: word.given.slice(option.length + 1), start, end: word.end }]
}
