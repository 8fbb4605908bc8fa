import { Path } from '../inventory/problem-path.ts'
import { type Examined, isLasting, reporting } from './examined.ts'
import { type Finding, logOf, onNode, replace } from './finding.ts'

// What is wrong with the machines of nodes.

export function missingMachines({ nodes, changing }: Examined): readonly Finding[] {
  if (changing) return []
  return nodes
    .filter(({ state }) => state !== 'running')
    .map(({ name, reason, state }) => {
      const said = state === 'missing' ? 'has no machine' : state
      return { code: 'D050', node: name, evidence: reason ?? said, fix: ['launch'] }
    })
}

/**
 * Nodes without a report. A node that has not reported yet, or not in time, may be booting, unless all others have done
 * so long ago.
 */
export function silentNodes(examined: Examined): readonly Finding[] {
  const { nodes, changing } = examined
  const isSilent = ({ state, report, counted }: Examined['nodes'][number]) =>
    state === 'running' && report === undefined && counted !== true
  const others = reporting(examined)
  const isForming = others.length === 0 || !others.every(isLasting)
  const boots = ({ reason = 'has not reported' }: Examined['nodes'][number]) =>
    /has not been read/.test(reason) || (/has not reported/.test(reason) && isForming)
  return nodes
    .filter(node => isSilent(node) && !changing && !boots(node))
    .map(({ name, reason }) => ({
      code: 'D051',
      node: name,
      evidence: reason ?? 'does not answer in time',
      fix: ['logs', '--node', name, '--boot'],
    }))
}

export function failedCloudInit(examined: Examined): readonly Finding[] {
  return reporting(examined).flatMap(({ name, report: { cloud_init } }): readonly Finding[] => {
    if (cloud_init.status !== 'error') return []
    return [
      {
        code: 'D052',
        node: name,
        evidence: cloud_init.errors.join('; ') || 'finished with errors',
        fix: replace(name),
        also: 'first correct what the message names',
      },
    ]
  })
}

export function fullDisks(examined: Examined): readonly Finding[] {
  return reporting(examined).flatMap(({ name, pool, evidence: { disks = [] } }) =>
    disks.map(({ path, used }) => ({
      code: 'D055' as const,
      node: name,
      evidence: `${used} % of the disk of ${path} are used`,
      path: groupPath(examined, name, pool),
      fix: onNode(name, `du -xh --max-depth=2 ${path} | sort -h | tail -n 20`),
      also: 'delete what is not needed',
    })),
  )
}

/** The key that sets the size of the disk of a node. */
function groupPath({ cluster }: Examined, name: string, pool: string | undefined): Path | undefined {
  const node = [...cluster.seats, ...cluster.pools].find(one => one.name === (pool ?? name))
  return node && Path.inInventory('groups', node.group, 'root_volume_gb')
}

export function exhaustedMemory(examined: Examined): readonly Finding[] {
  return reporting(examined).flatMap(({ name, report, evidence: { memory } }): readonly Finding[] => {
    const killed = report.units.find(({ result }) => result === 'oom-kill')
    if (killed === undefined && memory == null) return []
    const evidence =
      killed === undefined ? `${memory} % of the memory are free` : `the kernel has killed ${killed.name}`
    const unit = killed?.name ?? 'mesos-agent'
    return [{ code: 'D056', node: name, evidence, fix: logOf(name, unit) }]
  })
}

/** In seconds. */
const tolerated = 30

/** Clocks that differ from most others, including that of this machine. */
export function wrongClocks({ nodes }: Examined): readonly Finding[] {
  const known = nodes.flatMap(({ name, ahead }) => (ahead === undefined ? [] : [{ name, ahead }]))
  const all = [0, ...known.map(({ ahead }) => ahead)].toSorted((a, b) => a - b)
  const median = all[Math.floor(all.length / 2)] ?? 0
  return known.flatMap(({ name, ahead }): readonly Finding[] => {
    const difference = Math.round(ahead - median)
    if (Math.abs(difference) <= tolerated) return []
    const evidence = `its clock is ${Math.abs(difference)} s ${difference > 0 ? 'ahead' : 'behind'}`
    return [{ code: 'D057', node: name, evidence, fix: onNode(name, 'timedatectl; chronyc -n sources') }]
  })
}

export function scheduledEvents({ nodes }: Examined): readonly Finding[] {
  return nodes.flatMap(({ name, warnings = [] }) =>
    warnings.map(({ message }): Finding => ({ code: 'D058', node: name, evidence: message, fix: ['roll'] })),
  )
}
