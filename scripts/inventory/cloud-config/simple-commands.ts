const conditional = /\|\||\[|\b(?:if|case|while|until|for|test)\b/
const ofShell = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da)?sh$/

/** The commands of a line, unless some of them run under a condition. */
export function simpleCommands(command: unknown): readonly string[] {
  if (Array.isArray(command)) {
    const [shell, option, script] = command.map(String)
    const isScript = ofShell.test(shell ?? '') && /^-\w*c$/.test(option ?? '')
    return isScript ? simpleCommands(script) : [command.join(' ')]
  }
  const text = String(command ?? '')
  return conditional.test(text) ? [text] : text.split(/;|&&|\n/)
}
