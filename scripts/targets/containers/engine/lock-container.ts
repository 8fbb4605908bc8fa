import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { Held, RollLock } from '../../../roll/held.ts'
import { call, type Engine, EngineFailed, tryCall, unlessGone } from './engine.ts'

// The lock of a rolling update is a container that is never started. Its name is unique, so only one process can create
// it, and it is removed by its ID, so a lock that was taken since is never removed.

const label = {
  cluster: 'mesos-bakery.roll',
  by: 'mesos-bakery.rolled-by',
  since: 'mesos-bakery.since',
} as const

const record = z.object({ alive: z.string(), progress: z.string() })

const file = 'mesos-bakery-roll.json'

/** Who is rolling a cluster. Undefined if nobody is. */
export async function observeRoll(engine: Engine, cluster: string): Promise<Held | undefined> {
  const format = `{{.ID}}|{{index .Labels "${label.by}"}}|{{index .Labels "${label.since}"}}`
  const filter = `label=${label.cluster}=${cluster}`
  const said = await call(engine, 'ps', '--all', '--no-trunc', '--filter', filter, '--format', format)
  const [id = '', by = '', since = ''] = (said.split('\n')[0] ?? '').split('|')
  return id === '' ? undefined : { id, by, since, ...(await recordOf(engine, id, since)) }
}

/** The record in the container. The engine returns it in a tar archive, in which JSON stands unchanged. */
async function recordOf(
  engine: Engine,
  id: string,
  since: string,
): Promise<Pick<Held, 'alive' | 'progress'>> {
  const { stdout } = await tryCall(engine, 'cp', `${id}:/${file}`, '-')
  const [text = ''] = /\{"alive".*\}/.exec(stdout) ?? []
  try {
    const { alive, progress } = record.parse(JSON.parse(text))
    return { alive: Date.parse(alive), progress }
  } catch {
    return { alive: Date.parse(since), progress: '' }
  }
}

/**
 * The lock of a cluster.
 *
 * @param image any image that exists on this machine
 */
export function rollLockOf(engine: Engine, cluster: string, image: string): RollLock {
  return {
    read: () => observeRoll(engine, cluster),
    async take(by, now) {
      const labels = { [label.cluster]: cluster, [label.by]: by, [label.since]: now }
      const flags = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`])
      const name = `mesos-bakery-${cluster}-roll`
      try {
        const id = await call(engine, 'create', '--name', name, '--pull=never', ...flags, image)
        return { id, by, since: now, alive: Date.parse(now), progress: '' }
      } catch (error) {
        if (error instanceof EngineFailed && /name .*already in use/.test(error.said)) return undefined
        throw error
      }
    },
    remove: ({ id }) => unlessGone(call(engine, 'rm', '--force', '--volumes', id)),
    async renew({ id }, alive, progress) {
      const folder = await mkdtemp(join(tmpdir(), 'mesos-bakery-roll-'))
      try {
        await writeFile(join(folder, file), JSON.stringify({ alive, progress }))
        await tryCall(engine, 'cp', join(folder, file), `${id}:/${file}`)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}
