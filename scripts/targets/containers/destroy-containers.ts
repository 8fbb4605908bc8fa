import type { LocalActual } from './container.ts'
import type { LocalRemoval } from './container-step.ts'

/** Plans the way to nothing: the containers first, then the network that they are in. */
export function planLocalDestroy({ network, containers }: LocalActual): readonly LocalRemoval[] {
  const machines = containers.map(
    ({ id, name, seat }): LocalRemoval => ({
      id: `container ${name} ${id}`,
      needs: [],
      action: 'delete',
      kind: seat === undefined ? 'follower' : 'seat',
      name,
      target: id,
    }),
  )
  if (network === undefined) return machines
  const { name } = network
  const needs = machines.map(({ id }) => id)
  return [
    ...machines,
    { id: `network ${name}`, needs, action: 'delete', kind: 'network', name, target: name },
  ]
}
