import type { Key } from '../inventory/keys.ts'
import { table } from './table.ts'

/** The facts about a key of the inventory, under headings. */
export function sayKey({ path, field, below }: Key): string {
  const { type, description } = field
  const rows = [
    ['  type', type.expects === `a ${type.name}` ? type.name : `${type.name}: ${type.expects}`],
    ...(below.length === 0 ? [] : [['  keys', below.join(', ')]]),
  ]
  return [`${path}: ${description.replaceAll('`', '')}`, '', ...table(rows)].join('\n')
}
