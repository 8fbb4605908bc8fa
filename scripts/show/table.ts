/** Rows as lines of aligned columns, two spaces apart, without trailing spaces. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/**
 * Rows with headings in the first one. If they are too wide, columns are left out.
 *
 * @param dispensable the headings of the columns to leave out, in this order
 * @param columns the width of the terminal, in characters
 */
export function fittingTable(
  rows: readonly (readonly string[])[],
  [first, ...others]: readonly string[],
  columns: number,
): readonly string[] {
  const lines = table(rows)
  if (first === undefined || lines.every(line => line.length <= columns)) return lines
  const left = rows[0]?.indexOf(first) ?? -1
  const fewer = rows.map(row => row.filter((_, column) => column !== left))
  return fittingTable(fewer, others, columns)
}

/**
 * Rows whose last column is free text. If a row is too long, this text is moved to separate lines, indented and wrapped
 * at spaces.
 *
 * @param columns the width of the terminal, in characters
 */
export function wideTable(rows: readonly (readonly string[])[], columns: number): readonly string[] {
  const heads = table(rows.map(row => row.slice(0, -1)))
  return table(rows).flatMap((line, index) =>
    line.length <= columns || rows[index]?.at(-1) === ''
      ? [line]
      : [heads[index] ?? '', ...broken(rows[index]?.at(-1) ?? '', columns - 6)],
  )
}

function broken(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`
    if (lines.length === 0 || longer.length > width) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines.map(line => `      ${line}`)
}
