import {
  artifactFields,
  type Field,
  groupFields,
  imageFields,
  inventoryFields,
  seatFields,
} from './fields.ts'
import { variableNames, variables } from './variables.ts'

/** The whole of docs/variables.md: every key and every variable, from the tables that check them. */
export function variablesReference(): string {
  return [
    '# Variables',
    '',
    '<!-- Made by `npm run docs` from scripts/inventory/. -->',
    '',
    'A variable can be set in five places. The later one counts: built-in default, `vars` of the inventory,',
    '`vars` of a group, `vars` of a seat, `--set name=value`. A map or a list is replaced as a whole.',
    '',
    'Those marked with * must be the same on all nodes, which meet through them: set them under `vars`.',
    '',
    ...variableRows(),
    '',
    '`mesos_quorum` can’t be set: it is ⌊N/2⌋ + 1 of N leaders. Neither can flags of Mesos or Marathon that a',
    'variable sets already, nor those that carry a secret.',
    '',
    '# Keys of the inventory',
    '',
    ...keyRows('At the top', inventoryFields),
    ...keyRows('Under `image`', imageFields),
    ...keyRows('In each of the image’s `artifacts`', artifactFields),
    ...keyRows('In each of `groups`', groupFields),
    ...keyRows('In each of a leading group’s `seats`', seatFields),
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}

function variableRows(): readonly string[] {
  return rowsOf(
    ['variable', 'type', 'default', 'what it is', 'what it becomes'],
    variableNames.map(name => {
      const { type, description, becomes, default: value, ...rest } = variables[name]
      const mark = 'clusterWide' in rest ? ' *' : ''
      return [`\`${name}\`${mark}`, type.name, value === undefined ? '' : code(value), description, becomes]
    }),
  )
}

function keyRows(title: string, fields: Readonly<Record<string, Field>>): readonly string[] {
  const rows = Object.entries(fields).map(([key, { type, description }]) => [
    `\`${key}\``,
    type.name,
    description,
  ])
  return [`## ${title}`, '', ...rowsOf(['key', 'type', 'what it is'], rows), '']
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

function rowsOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`)
}
