import type { Span } from '../inventory/source.ts'
import { calledAs } from './called.ts'

/** How a command was called, to show what is wrong with it. */
export interface CommandLine {
  /** `npm run launch -- --leaders 4`, as one would type it. */
  readonly text: string
  readonly words: readonly Word[]
}

/** An argument, and where it stands in the line. */
interface Word extends Span {
  readonly given: string
}

/** Writes down how `npm run <name>` was called. */
export function commandLine(name: string, args: readonly string[]): CommandLine {
  let text = calledAs(name)
  const words = args.map((given): Word => {
    const start = text.length + 1
    text += ` ${quoted(given)}`
    return { given, start, end: text.length }
  })
  return { text, words }
}

/** As a shell would have to be told. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/**
 * What to underline of a command line: the value of an option, of `--set NAME=VALUE` the name when it is the wrong
 * part (`at` is `key`), or the option itself when its value isn't there.
 *
 * @param path `--leaders`, `--set mesos_zk_port`
 */
export function spanIn({ words }: CommandLine, path: string, at: 'key' | undefined): Span | undefined {
  const [option = '', name] = path.split(' ')
  const found = words.flatMap((word, index) => wordsFor(word, words[index + 1], option))
  if (name === undefined) return found.at(-1)
  const variable = name.split('.')[0] ?? ''
  const setting = found.findLast(({ given }) => given.startsWith(`${variable}=`))
  if (setting === undefined) return undefined
  // A quoted word is underlined as a whole: its characters don't stand where they are counted.
  if (setting.end - setting.start !== setting.given.length) return setting
  const equals = setting.start + variable.length
  return at === 'key' && name === variable
    ? { start: setting.start, end: equals }
    : { start: equals + 1, end: setting.end }
}

function wordsFor(word: Word, next: Word | undefined, option: string): readonly Word[] {
  if (word.given === option) return [next ?? word]
  if (!word.given.startsWith(`${option}=`)) return []
  const start = word.start + option.length + 1
  return [{ given: word.given.slice(option.length + 1), start, end: word.end }]
}
