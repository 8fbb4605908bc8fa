import type { Given, Options, Rule } from './options.ts'

/** The name, summary and options of a command: everything that help and shell completion need. */
export interface Declaration<O extends Options = Options> {
  readonly name: string
  /** What the command does, as an imperative phrase for a list of commands. */
  readonly summary: string
  readonly options: O
  readonly rules?: readonly Rule<keyof O & string>[]
  /** Options as a user would type them, each with an explanation. */
  readonly examples: readonly (readonly [string, string])[]
}

/** A command of `npm run`. */
export interface Command<O extends Options> extends Declaration<O> {
  readonly run: (given: Given<O>) => Promise<void>
}

/** Declares a command. The parameter type of `run` is inferred from the options. */
export function defineCommand<const O extends Options>(command: Command<O>): Command<O> {
  return command
}
