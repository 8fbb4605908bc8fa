import type { Given, Options, Rule } from './options.ts'

/** What a command is called and takes: all that help and shell completion need. */
export interface Declaration<O extends Options = Options> {
  readonly name: string
  /** What it does, as a phrase in the imperative for a list of commands. */
  readonly summary: string
  readonly options: O
  readonly rules?: readonly Rule<keyof O & string>[]
  /** Options as a reader would type them, each with what the call does. */
  readonly examples: readonly (readonly [string, string])[]
}

/** A command of `npm run`. */
export interface Command<O extends Options> extends Declaration<O> {
  readonly run: (given: Given<O>) => Promise<void>
}

/** Declares a command. What its `run` gets follows from its options. */
export function defineCommand<const O extends Options>(command: Command<O>): Command<O> {
  return command
}
