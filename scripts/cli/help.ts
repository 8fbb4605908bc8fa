import { readFileSync } from 'node:fs'
import { calledAs } from '../check/called.ts'
import { table } from '../show/table.ts'
import type { Declaration } from './command.ts'
import { dashed, type Option } from './options.ts'

/** A width that fits every terminal. */
const columns = 80

/** The complete `--help` text of a command. */
export function helpOf({ name, summary, options, examples }: Declaration): string {
  const all = Object.entries(options)
  const operands = all
    .filter(([, { takes }]) => takes === 'arguments')
    .map(([, option]) => (option.required ? ` ${option.value}…` : ` [${option.value}…]`))
  const rows = [
    ...all.map(([key, option]) => [labelOf(key, option), describe(option)]),
    ['-h, --help', 'print this help and exit'],
    ['--version', 'print the version and exit'],
  ]
  const calls = examples.map(([args, what]) => [
    args === '' ? calledAs(name).replace(/ --$/, '') : `${calledAs(name)} ${args}`,
    what,
  ])
  return [
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    `Usage: ${calledAs(name)} [options]${operands.join('')}`,
    `Options:\n${hanging(rows)}`,
    `Examples:\n${hanging(calls)}\n`,
  ].join('\n\n')
}

/** The help of the program, with a line for each command. */
export function rootHelp(summaries: Readonly<Record<string, string>>): string {
  return [
    'Bake, launch and operate Apache Mesos clusters on EC2 and in containers.',
    `Usage: ${calledAs('COMMAND')} [options]`,
    `Commands:\n${hanging(Object.entries(summaries))}`,
    `For the options of a command, run ${calledAs('COMMAND')} --help.\n`,
  ].join('\n\n')
}

/** `mesos-bakery 0.1.0` */
export function versionText(): string {
  const { name, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return `${name} ${version}\n`
}

function labelOf(key: string, { takes, value }: Option): string {
  if (takes === 'arguments') return `${value}…`
  return takes === 'nothing' ? dashed(key) : `${dashed(key)} ${value}`
}

function describe(option: Option): string {
  if (option.required) return `${option.help} (required)`
  return option.default === undefined ? option.help : `${option.help} (default ${option.default})`
}

/** Two columns. The second column is wrapped at spaces. */
function hanging(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([label = '']) => label.length)) + 4
  const broken = rows.flatMap(([label = '', what = '']) =>
    linesOf(what, columns - width).map((line, index) => [`  ${index === 0 ? label : ''}`, line]),
  )
  return table(broken).join('\n')
}

function linesOf(what: string, width: number): readonly string[] {
  const fits = new RegExp(`(.{1,${width}})(?: |$)`, 'g')
  return what === '' ? [''] : [...what.matchAll(fits)].map(([, line = '']) => line)
}
