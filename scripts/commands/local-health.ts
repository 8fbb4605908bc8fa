import { sayError, waitShown } from '../cli/run-shown.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { gateNames } from '../health/gates.ts'
import { expectedOf } from '../health/seen.ts'
import type { Engine } from '../targets/containers/engine/engine.ts'
import { explainLocal } from '../targets/containers/engine/explain-engine.ts'
import { awaitHealth, type Health, NotUp } from '../targets/containers/engine/watch-health.ts'

const states = { green: 'done', waiting: 'under way', failed: 'failed' } as const

/**
 * Waits before a person's eyes until every gate is green.
 *
 * @param timeout in milliseconds
 * @throws Stopped with the gates that stayed closed, who keeps them so, and the last lines of their logs
 */
export async function awaitHealthShown(engine: Engine, cluster: Cluster, timeout: number): Promise<Health> {
  return waitShown(
    gateNames(expectedOf(cluster, 0)),
    error => (error instanceof NotUp ? sayClosed(error) : sayError(error, explainLocal)),
    set =>
      awaitHealth({ engine, cluster }, timeout, gates => {
        for (const { name, state, detail } of gates) set(name, states[state], detail)
      }),
  )
}

function sayClosed({ closed }: NotUp): string {
  const parts = closed.map(({ gate, logs }) => {
    const lines = logs.flatMap(({ blame, lines }) => {
      const who = [blame.node, blame.unit].filter(part => part !== undefined && part !== '').join(', ')
      const log = lines === '' ? [] : lines.split('\n').map(line => `      ${line}`)
      return [`    ${who === '' ? '' : `${who}: `}${blame.why}`, ...log]
    })
    return [`  ${gate.name}: ${gate.detail}`, ...lines].join('\n')
  })
  return ['the cluster is not up:', ...parts].join('\n')
}
