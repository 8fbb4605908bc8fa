import type { Path } from '../problem-path.ts'
import type { Finding } from '../rules/rule.ts'
import { type Check, entriesOf, isMapping } from './config.ts'

/**
 * Commands that are neither text nor a list of text. cloud-init makes one script of all commands, and none if it cannot
 * read one of them (util.py, shellify: TypeError); of a value inside of a list it makes Python's text, such as True.
 */
export const checkCommands: Check = (config, path) =>
  (['bootcmd', 'runcmd'] as const).flatMap(key =>
    entriesOf(config[key]).flatMap((command, index): readonly Finding[] => {
      const place = path.below(key, index)
      if (Array.isArray(command)) return command.flatMap((word, at) => checkWord(word, place.below(at)))
      if (typeof command === 'string' || command === null) return []
      return [{ path: place, ...troubleOf(command, 'must be text or a list of words') }]
    }),
  )

function checkWord(word: unknown, path: Path): readonly Finding[] {
  if (typeof word === 'string' || typeof word === 'number') return []
  return [{ path, ...troubleOf(word, 'must be text') }]
}

function troubleOf(value: unknown, required: string) {
  if (isMapping(value)) {
    const message = `${required}: YAML reads this as a map, because of the colon and the space in it`
    return { message, help: 'quote the whole command' }
  }
  return { message: required, help: Array.isArray(value) ? 'write it as one list' : 'quote it' }
}
