import type { Declaration } from './command.ts'
import { dashed, type Option } from './options.ts'

/** What can stand at a place on the command line. `nothing` is a value that is only known to the user. */
export type Source =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Words that are followed by `=` and a value. */
  | { readonly kind: 'assignments'; readonly words: readonly string[] }
  | { readonly kind: 'nodes' | 'pools' | 'files' | 'folders' | 'nothing' }

/** A command as shell completion sees it. */
export interface Completable {
  readonly name: string
  readonly summary: string
  readonly options: readonly CompletableOption[]
  readonly operands: Source
}

export interface CompletableOption {
  /** `--dry-run` */
  readonly name: string
  readonly help: string
  readonly placeholder: string
  readonly repeated: boolean
  /** Its values. Undefined if it takes none. */
  readonly values: Source | undefined
}

/** Names that do not depend on the inventory. */
export interface KnownNames {
  readonly variables: readonly string[]
  /** Everything that `explain` explains. */
  readonly explained: readonly string[]
}

/** What completes each command, from the declarations that `--help` shows. */
export function completablesOf(commands: readonly Declaration[], known: KnownNames): readonly Completable[] {
  return commands.map(({ name, summary, options }) => {
    const all = Object.entries(options)
    const operand = all.find(([, { takes }]) => takes === 'arguments')?.[1]
    return {
      name,
      summary,
      options: [
        ...all
          .filter(([, { takes }]) => takes !== 'arguments')
          .map(([key, one]) => optionOf(key, one, known)),
        {
          name: '--help',
          help: 'print the help and exit',
          placeholder: '',
          repeated: false,
          values: undefined,
        },
      ],
      operands: operand === undefined ? { kind: 'nothing' } : sourceOf(operand, known),
    }
  })
}

function optionOf(key: string, option: Option, known: KnownNames): CompletableOption {
  return {
    name: dashed(key),
    help: option.help,
    placeholder: option.value ?? '',
    repeated: option.takes === 'several values',
    values: option.takes === 'nothing' ? undefined : sourceOf(option, known),
  }
}

function sourceOf({ choices, names }: Option, known: KnownNames): Source {
  if (choices !== undefined) return { kind: 'words', words: choices }
  if (names === 'variables') return { kind: 'assignments', words: known.variables }
  if (names === 'explained') return { kind: 'words', words: known.explained }
  return { kind: names ?? 'nothing' }
}
