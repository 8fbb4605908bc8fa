import type { Completable, CompletableOption, Source } from './completions.ts'

/** The completion script for fish. */
export function fishScript(commands: readonly Completable[]): string {
  return `# Completion of mesos-bakery for fish. To load it: mesos-bakery completion fish | source

# Prints the names of the nodes or pools. They are listed again only after the inventory has changed.
function __mesos_bakery_names
    set -l words (commandline -opc)
    set -l file inventory.yaml
    set -l option
    for index in (seq 2 (count $words))
        switch $words[$index]
            case --inventory
                set file $words[(math $index + 1)]
                set option --inventory $file
            case '--inventory=*'
                set file (string replace -- --inventory= '' $words[$index])
                set option --inventory $file
        end
    end
    set -l state "$argv $PWD $option "(test -r "$file"; and cksum <"$file"; or echo)
    if test "$state" != "$__mesos_bakery_state"
        set -g __mesos_bakery_state $state
        set -g __mesos_bakery_listed ($words[1] completion --list $argv $option 2>/dev/null)
    end
    printf '%s\\n' $__mesos_bakery_listed
end

complete -c mesos-bakery -f
${commands.flatMap(linesOf).join('\n')}
`
}

function linesOf({ name, summary, options, operands }: Completable): readonly string[] {
  const line = `complete -c mesos-bakery -n '__fish_seen_subcommand_from ${name}'`
  return [
    `complete -c mesos-bakery -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ...options.map(
      option => `${line} -l ${option.name.slice(2)}${takingOf(option)} -d ${quoted(option.help)}`,
    ),
    ...(operands.kind === 'nothing' ? [] : [`${line}${actionOf(operands)}`]),
  ]
}

function takingOf({ values }: CompletableOption): string {
  return values === undefined ? '' : ` -r${actionOf(values)}`
}

function actionOf(source: Source): string {
  switch (source.kind) {
    case 'words':
      return ` -f -a '${source.words.join(' ')}'`
    case 'assignments':
      return ` -f -a '${source.words.map(word => `${word}=`).join(' ')}'`
    case 'nodes':
    case 'pools':
      return ` -f -a '(__mesos_bakery_names ${source.kind})'`
    case 'files':
      return ' -F'
    case 'folders':
      return " -f -a '(__fish_complete_directories)'"
    case 'nothing':
      return ' -f'
  }
}

const quoted = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`
