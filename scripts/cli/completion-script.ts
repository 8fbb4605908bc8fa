import { everyRule } from '../check/every-rule.ts'
import { everyCause } from '../doctor/every-cause.ts'
import { everyFlagName } from '../inventory/flags.ts'
import { keyNames } from '../inventory/keys.ts'
import { variableNames } from '../inventory/variables.ts'
import type { Declaration } from './command.ts'
import { commandNames, commandsNextTo } from './command-list.ts'
import { bashScript } from './complete-bash.ts'
import { fishScript } from './complete-fish.ts'
import { zshScript } from './complete-zsh.ts'
import { completablesOf } from './completions.ts'

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript }

const codes = [...everyRule, ...everyCause].map(({ code }) => code)
const explained = [...variableNames, ...keyNames, ...everyFlagName, ...codes]

/**
 * The script that completes every command in a shell.
 *
 * @param caller the command that is running, which cannot be imported again
 * @param url of its file, next to those of the other commands
 */
export async function completionScript(
  shell: keyof typeof scripts,
  caller: Declaration,
  url: string,
): Promise<string> {
  const names = commandNames().filter(name => name !== caller.name)
  const commands = [...(await commandsNextTo(url, names)), caller]
  return scripts[shell](
    completablesOf(commands, { variables: variableNames, explained: [...new Set(explained)] }),
  )
}
