import type { Resize } from '../../../roll/observed.ts'
import { call, type Engine, unlessGone } from './engine.ts'

// The record that the number of leaders is being changed is a container that is never started. It exists until every
// node has the new number, so that nothing else changes the cluster in between, whatever was interrupted.

const label = {
  cluster: 'mesos-bakery.resize',
  from: 'mesos-bakery.resize-from',
  to: 'mesos-bakery.resize-to',
} as const

/** A change of the number of leaders that has not ended, with the containers that record it. */
export interface ResizeRecord extends Resize {
  readonly ids: readonly string[]
}

/** The change of the number of leaders that has not ended. Undefined if there is none. */
export async function observeResize(engine: Engine, cluster: string): Promise<ResizeRecord | undefined> {
  const format = `{{.ID}}|{{index .Labels "${label.from}"}}|{{index .Labels "${label.to}"}}`
  const filter = `label=${label.cluster}=${cluster}`
  const said = await call(engine, 'ps', '--all', '--no-trunc', '--filter', filter, '--format', format)
  if (said === '') return undefined
  const records = said.split('\n').map(line => line.split('|'))
  const [, from, to] = records[0] ?? []
  return { ids: records.map(([id = '']) => id), from: Number(from), to: Number(to) }
}

/**
 * Records a change of the number of leaders. If it goes back, the new record exists before the former one is removed.
 *
 * @param image any image that exists on this machine
 */
export async function recordResize(
  engine: Engine,
  cluster: string,
  image: string,
  { from, to }: Resize,
): Promise<void> {
  const before = await observeResize(engine, cluster)
  if (before?.to === to && before.ids.length === 1) return
  const labels = { [label.cluster]: cluster, [label.from]: String(from), [label.to]: String(to) }
  const flags = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`])
  const name = `mesos-bakery-${cluster}-resize-${to}`
  if (before?.to !== to) await call(engine, 'create', '--name', name, '--pull=never', ...flags, image)
  const after = await observeResize(engine, cluster)
  const ours = await call(engine, 'inspect', '--type=container', '--format', '{{.Id}}', name)
  await removeRecord(engine, after?.ids.filter(id => id !== ours) ?? [])
}

/** Removes containers that record a change. */
export async function removeRecord(engine: Engine, ids: readonly string[]): Promise<void> {
  for (const id of ids) await unlessGone(call(engine, 'rm', '--force', '--volumes', id))
}
