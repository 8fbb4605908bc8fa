import type { Completable, CompletableOption, Source } from './completions.ts'

/** The completion script for zsh. */
export function zshScript(commands: readonly Completable[]): string {
  return `#compdef mesos-bakery
# Completion of mesos-bakery for zsh. To load it: source <(mesos-bakery completion zsh)

# Adds the names of the nodes or pools. They are listed again only after the inventory has changed.
_mesos_bakery_names() {
  local inventory=\${(Q)opt_args[--inventory]}
  local state="$1 $PWD $inventory $(cksum 2>/dev/null <\${inventory:-inventory.yaml})"
  if [[ $state != $_mesos_bakery_state ]]; then
    typeset -g _mesos_bakery_state=$state
    typeset -ga _mesos_bakery_listed=(\${(f)"$($_mesos_bakery_program completion --list $1 \${inventory:+--inventory} $inventory 2>/dev/null)"})
  fi
  compadd -a _mesos_bakery_listed
}

_mesos_bakery_assignments() { compadd -S = -- "$@" }

_mesos_bakery() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
  )
  typeset -g _mesos_bakery_program=\${(Q)words[1]}
  if ((CURRENT == 2)); then _describe command commands; return; fi
  local command=$words[2]
  local -A opt_args
  shift words
  ((CURRENT--))
  case $command in
${commands.map(caseOf).join('\n')}
  esac
}

compdef _mesos_bakery mesos-bakery
`
}

function caseOf({ name, options, operands }: Completable): string {
  const specs = [
    ...options.map(specOf),
    ...(operands.kind === 'nothing' ? [] : [`*: :${actionOf(operands)}`]),
  ]
  return `    ${name})\n      _arguments -s \\\n${specs.map(spec => `        ${quoted(spec)}`).join(' \\\n')} ;;`
}

function specOf({ name, help, placeholder, repeated, values }: CompletableOption): string {
  const head = `${repeated ? '*' : ''}${name}${values === undefined ? '' : '='}[${escaped(help)}]`
  return values === undefined ? head : `${head}:${escaped(placeholder)}:${actionOf(values)}`
}

// With a space before it, a function receives no further arguments from _arguments.
function actionOf(source: Source): string {
  switch (source.kind) {
    case 'words':
      return `(${source.words.join(' ')})`
    case 'assignments':
      return ` _mesos_bakery_assignments ${source.words.join(' ')}`
    case 'nodes':
    case 'pools':
      return ` _mesos_bakery_names ${source.kind}`
    case 'files':
      return '_files'
    case 'folders':
      return '_files -/'
    case 'nothing':
      return ' '
  }
}

const escaped = (text: string) => text.replace(/[\\[\]:]/g, '\\$&')

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
