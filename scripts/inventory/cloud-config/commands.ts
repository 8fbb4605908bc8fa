import type { Path } from '../problem-path.ts'
import type { Finding } from '../rules/rule.ts'
import { type Check, entriesOf, isMapping } from './config.ts'
import { simpleCommands } from './simple-commands.ts'

/**
 * Commands that are neither text nor a list of text. cloud-init makes one script of all commands, and none if it cannot
 * read one of them (util.py, shellify: TypeError); of a value inside of a list it makes Python's text, such as True.
 */
export const checkCommands: Check = (config, path) =>
  (['bootcmd', 'runcmd'] as const).flatMap(key =>
    entriesOf(config[key]).flatMap((command, index, all): readonly Finding[] => {
      const place = path.below(key, index)
      const end = endOf(command, index === all.length - 1)
      if (end !== undefined) return [{ path: place, ...end }]
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

/**
 * A command that ends the script before its last command, or with a failure, which cloud-init then reports. What runs in a
 * shell of its own is the user's to decide.
 */
function endOf(command: unknown, isLast: boolean) {
  if (Array.isArray(command) && command[0] !== 'exit' && command[0] !== 'false') return undefined
  const simple = simpleCommands(command).map(text => text.trim())
  const exit = simple.find(text => /^exit(\s+\d+)?$/.test(text))
  if (exit !== undefined && !isLast) {
    const message =
      'must not exit: cloud-init makes one script of all commands, and those after it do not run'
    return { message, help: 'remove exit, or run the command with [sh, -c, …]' }
  }
  const fails = isLast && (simple.at(-1) === 'false' || /^exit\s+0*[1-9]/.test(exit ?? ''))
  if (!fails) return undefined
  return { message: 'always fails, and cloud-init reports that the node failed', help: 'remove it' }
}
