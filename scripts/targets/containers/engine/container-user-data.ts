import type { Cluster } from '../../../cluster/cluster.ts'
import { groupName } from '../../../cluster/names.ts'
import type { Booted } from '../../../plan/user-data-diff.ts'
import { call, type Engine } from './engine.ts'
import { observeContainers } from './observe.ts'

/** The user-data of every container that runs. */
export async function observeUserData(engine: Engine, cluster: Cluster): Promise<readonly Booted[]> {
  const running = (await observeContainers(engine, cluster.name)).filter(({ state }) => state === 'running')
  return Promise.all(
    running.map(async ({ name, seat, group }) => {
      const place = '/var/lib/cloud/seed/nocloud/user-data'
      const data = await call(engine, 'exec', name, 'base64', '--wrap=0', place)
      const node = cluster.seats.find(one => one.seat === seat)?.name ?? groupName(cluster.name, group)
      return { node, holder: name, text: Buffer.from(data, 'base64').toString() }
    }),
  )
}
