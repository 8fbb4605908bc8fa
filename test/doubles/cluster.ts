import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { type DaemonHow, type Double, startMaster, temporaryFolder } from './double.ts'
import { until } from './until.ts'

export interface Masters {
  readonly zk: string
  readonly all: readonly Double[]
  /** The folder of the n-th master's state. */
  workDir(index: number): string
}

/** Starts as many masters as are asked for, with the quorum of three. */
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

/** The master that every other one sends to, once it leads and knows the registry. */
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

/** Where a master sends those who look for the leading one; null when it knows none. */
export async function redirect(master: Double): Promise<string | null> {
  return (await master.get('/master/redirect')).headers.get('location')
}
