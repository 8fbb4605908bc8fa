// `npm run bench [-- PART] [--json]`: prints machine-independent measurements, each with its goal. Exits with 1 if a
// goal is missed or a part cannot be measured, 2 if a part does not exist.
import { parseArgs } from 'node:util'
import { table } from '../../scripts/show/table.ts'
import { bake } from './bake.ts'
import { check } from './check.ts'
import { embed } from './embed.ts'
import { localLaunch } from './local-launch.ts'
import { isMet, type Measure, type Part } from './measure.ts'
import { render } from './render.ts'
import { roll } from './roll.ts'
import { roundTrips } from './round-trips.ts'
import { start } from './start.ts'

const parts: Readonly<Record<string, () => Promise<Part>>> = {
  bake,
  check,
  render,
  start,
  embed,
  'round-trips': roundTrips,
  'local-launch': localLaunch,
  roll,
}

const { values: given, positionals } = parseArgs({
  options: { json: { type: 'boolean' } },
  allowPositionals: true,
})
const unknown = positionals.filter(name => !Object.hasOwn(parts, name))
if (unknown.length > 0) {
  say(`unknown part ${unknown.join(', ')}; the parts are ${Object.keys(parts).join(', ')}`)
  process.exitCode = 2
} else await bench(positionals.length > 0 ? positionals : Object.keys(parts))

async function bench(names: readonly string[]): Promise<void> {
  const found: [string, Part][] = []
  for (const name of names) {
    say(`measuring ${name} …`)
    try {
      const part = await parts[name]?.()
      if (part !== undefined) found.push([name, part])
    } catch (error) {
      say(`${name} could not be measured: ${error instanceof Error ? error.message : error}`)
      process.exitCode = 1
    }
  }
  if (!found.every(([, part]) => part.measures.every(isMet))) process.exitCode = 1
  process.stdout.write(given.json ? asJson(found) : asText(found))
}

function asJson(found: readonly [string, Part][]): string {
  const named = found.map(([part, { compared, measures }]) => ({
    part,
    compared,
    measures: measures.map(measure => ({ ...measure, ...(measure.goal && { met: isMet(measure) }) })),
  }))
  return `${JSON.stringify(named, null, 2)}\n`
}

/** All rows form one table, so that the columns of all parts are aligned. */
function asText(found: readonly [string, Part][]): string {
  const rows = [...table(found.flatMap(([, { measures }]) => measures.map(rowOf)))]
  const blocks = found.map(([name, { compared, measures }]) =>
    [`${name}: ${compared.join('\n  ')}`, ...rows.splice(0, measures.length).map(row => `  ${row}`)].join(
      '\n',
    ),
  )
  return blocks.map(block => `${block}\n`).join('\n')
}

function rowOf(measure: Measure): readonly string[] {
  const { what, value, unit, goal } = measure
  if (goal === undefined) return [what, number(value), unit, '', '']
  const bound = 'atLeast' in goal ? `at least ${goal.atLeast}` : `at most ${goal.atMost}`
  return [what, number(value), unit, bound, isMet(measure) ? 'met' : 'MISSED']
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
