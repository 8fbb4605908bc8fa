import { type Cluster, type Node, nodesOf } from '../../cluster/cluster.ts'
import { Path } from '../../inventory/problem-path.ts'
import type { Problem } from '../../inventory/problems.ts'

/**
 * What doesn't fit the memory of its instance type: the Java heaps of a leader, and the memory that an agent offers.
 *
 * @param memoryOf the memory of the instance types, in MiB, as EC2 tells it
 */
export function unfitMemory(cluster: Cluster, memoryOf: ReadonlyMap<string, number>): readonly Problem[] {
  const found = nodesOf(cluster).flatMap(node => {
    const memory = memoryOf.get(node.machine.instanceType)
    return memory === undefined ? [] : [...heapsTrouble(node, memory), ...offerTrouble(node, memory)]
  })
  // The seats of a group are mostly alike.
  return found.filter((one, index) => found.findIndex(({ message }) => message === one.message) === index)
}

const problem = ({ group }: Node, message: string, help: string): Problem => ({
  code: 'E105',
  path: Path.inInventory('groups', group, 'instance_type'),
  message,
  help,
})

function heapsTrouble(node: Node, memory: number): readonly Problem[] {
  if (node.kind === 'pool') return []
  const { zookeeper_enabled, zookeeper_heap_mb, marathon_enabled, marathon_heap_mb } = node.values
  const heaps = [
    ...(zookeeper_enabled ? [{ name: 'zookeeper_heap_mb', size: zookeeper_heap_mb }] : []),
    ...(marathon_enabled ? [{ name: 'marathon_heap_mb', size: marathon_heap_mb }] : []),
  ]
  const sum = heaps.reduce((total, { size }) => total + size, 0)
  if (sum < memory) return []
  const names = heaps.map(({ name }) => name).join(' and ')
  const message = `${node.machine.instanceType} has ${memory} MiB of memory, but ${names} take ${sum} MiB`
  return [problem(node, message, 'choose a larger instance type, or smaller heaps')]
}

function offerTrouble(node: Node, memory: number): readonly Problem[] {
  if (node.mode === 'leader') return []
  const offered = Object.entries(node.values.mesos_resources)
    .filter(([name]) => /^mem(\(|$)/.test(name))
    .reduce((total, [, amount]) => total + Number(amount), 0)
  if (offered <= memory) return []
  const message = `${node.machine.instanceType} has ${memory} MiB of memory, but mesos_resources offers ${offered} MiB`
  return [problem(node, message, 'choose a larger instance type, or offer less memory')]
}
