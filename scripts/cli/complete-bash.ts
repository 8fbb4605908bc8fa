import type { Completable, Source } from './completions.ts'

/**
 * The completion script for bash 3.2 and newer. Everything but the names of nodes is in the script, because starting a
 * program takes longer than a user notices.
 */
export function bashScript(commands: readonly Completable[]): string {
  return `# Completion of mesos-bakery for bash. To load it: source <(mesos-bakery completion bash)

# Sets the words to the names of the nodes or pools. They are listed again only after the inventory has changed.
_mesos_bakery_names() {
  local index inventory='' state
  for ((index = 2; index < COMP_CWORD - 1; index++)); do
    if [[ \${COMP_WORDS[index]} == --inventory ]]; then
      inventory=\${COMP_WORDS[index + 1]}
      if [[ $inventory == = ]]; then inventory=\${COMP_WORDS[index + 2]}; fi
    fi
  done
  state="$1 $PWD $inventory $(cksum 2>/dev/null <"\${inventory:-inventory.yaml}")"
  if [[ $state != "$_mesos_bakery_state" ]]; then
    _mesos_bakery_listed=$("\${COMP_WORDS[0]}" completion --list "$1" \${inventory:+--inventory "$inventory"} 2>/dev/null)
    _mesos_bakery_state=$state
  fi
  words=$_mesos_bakery_listed
}

_mesos_bakery() {
  local word=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]}
  local words='' kind=-W
  if [[ $word == = ]]; then word=
  elif [[ $option == = ]]; then option=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  if ((COMP_CWORD == 1)); then words='${commands.map(({ name }) => name).join(' ')}'
  else
    case "$command $option" in
${valueCases(commands).join('\n')}
      *)
        case "$command \${word:0:1}" in
${commands.flatMap(wordCases).join('\n')}
        esac
    esac
  fi
  local IFS=$' \\t\\n'
  case $kind in
    -f) IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")) ;;
    -d) IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
  esac
}

complete -F _mesos_bakery mesos-bakery
`
}

/** A case for each set of values, with all options that take them. */
function valueCases(commands: readonly Completable[]): readonly string[] {
  const cases = new Map<string, string[]>()
  for (const { name, options } of commands) {
    for (const option of options) {
      if (option.values === undefined) continue
      const action = actionOf(option.values)
      cases.set(action, [...(cases.get(action) ?? []), `'${name} ${option.name}'`])
    }
  }
  return [...cases].map(([action, patterns]) => `      ${patterns.join('|')}) ${action} ;;`)
}

/** A word that begins with a hyphen is an option, and any other word is an operand. */
function wordCases({ name, options, operands }: Completable): readonly string[] {
  const names = `words='${options.map(option => option.name).join(' ')}'`
  return operands.kind === 'nothing'
    ? [`          '${name} '*) ${names} ;;`]
    : [`          '${name} -') ${names} ;;`, `          '${name} '*) ${actionOf(operands)} ;;`]
}

function actionOf(source: Source): string {
  switch (source.kind) {
    case 'words':
      return `words='${source.words.join(' ')}'`
    case 'assignments':
      return `words='${source.words.map(word => `${word}=`).join(' ')}'; compopt -o nospace 2>/dev/null`
    case 'nodes':
    case 'pools':
      return `_mesos_bakery_names ${source.kind}`
    case 'files':
      return 'kind=-f'
    case 'folders':
      return 'kind=-d'
    case 'nothing':
      return ':'
  }
}
