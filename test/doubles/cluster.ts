import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { type DaemonHow, type Double, startMaster, temporaryFolder } from './double.ts'
import { until } from './until.ts'

export interface Masters {
  readonly zk: string
  readonly all: readonly Double[]
  /** The work directory of the n-th master. */
  workDir(index: number): string
}

/** Starts the requested number of masters, with the quorum of three masters. */
export async function startMasters(
  t: ExecutionContext,
  zk: string,
  how: Pick<DaemonHow, 'args' | 'env' | 'sessionTimeout'> & { readonly count?: number } = {},
): Promise<Masters> {
  const folder = await temporaryFolder(t)
  const workDir = (index: number) => join(folder, `master-${index}`)
  const start = (_: unknown, index: number) =>
    startMaster(t, { zk, ...how, workDir: workDir(index), args: ['--quorum=2', ...(how.args ?? [])] })
  return { zk, workDir, all: Array.from({ length: how.count ?? 3 }, start) }
}

/** The master that all others redirect to, once it leads and has recovered the registry. */
export async function leaderOf(masters: readonly Double[]): Promise<Double> {
  let leader: Double | undefined
  await until('a leader is elected and recovers', async () => {
    const places = await Promise.all(masters.map(redirect))
    if (new Set(places).size !== 1) return false
    leader = masters.find(master => places[0] === `//${master.address}:5050`)
    return leader !== undefined && (await leader.metric('registrar/log/recovered')) === 1
  })
  if (!leader) throw new Error('no leader')
  return leader
}

/** Where a master redirects clients that look for the leading master. Null if it knows none. */
export async function redirect(master: Double): Promise<string | null> {
  return (await master.get('/master/redirect')).headers.get('location')
}
