import type { ShownFinding } from '../show/say-findings.ts'
import { healthRows, sayGate } from '../show/say-health.ts'
import { sayHead } from '../show/say-view.ts'
import type { View } from '../targets/target.ts'

/** A running cluster as the page shows it: what `status` prints, as data. */
export interface Running {
  readonly head: readonly string[]
  /** The cells of the table of nodes. The first row has the headings. */
  readonly rows: readonly (readonly string[])[]
  readonly gates: readonly {
    readonly name: string
    readonly state: 'green' | 'waiting' | 'failed'
    readonly detail: string
  }[]
  /** What `doctor` finds. */
  readonly findings: readonly ShownFinding[]
}

export function runningOf(view: View, findings: readonly ShownFinding[]): Running {
  return {
    head: sayHead(view),
    rows: healthRows(view.status, view.health.nodes),
    gates: view.health.gates.map(gate => ({ name: gate.name, state: gate.state, detail: sayGate(gate) })),
    findings,
  }
}
