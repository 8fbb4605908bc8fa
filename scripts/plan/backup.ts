import type { Cluster } from '../cluster/cluster.ts'
import type { Problem } from '../inventory/problems.ts'
import type { Step } from './step.ts'

/** What is known about a node from its report. Undefined if it does not report. */
interface Reporting {
  readonly name: string
  readonly report: { readonly zookeeper: { readonly mode: string | null } | null } | undefined
}

/** What the program `backup` on a leader can do. */
export type BackupAction = 'save' | 'receive' | 'stop' | 'apply' | 'start'

/** The command that runs the program as root, on a target where the user may not be root. */
export function backupCommand(action: BackupAction): string {
  return `s=; [ "$(id -u)" = 0 ] || s='sudo -n'; $s /usr/lib/mesos-bakery/backup ${action}`
}

type Refusal = Pick<Problem, 'message' | 'help'>

const ownZookeeper: Refusal = {
  message: 'does not run ZooKeeper (zookeeper_enabled is false)',
  help: 'save the state with the tools of your ZooKeeper ensemble',
}

/** The leader that has all acknowledged state: the one that leads the ZooKeeper ensemble. */
export function holderOfState(cluster: Cluster, nodes: readonly Reporting[]): string | Refusal {
  if (!runsZookeeper(cluster)) return ownZookeeper
  const holder = nodes.find(({ report }) => report?.zookeeper?.mode === 'leader')
  if (holder !== undefined) return holder.name
  return { message: 'no ZooKeeper server leads the ensemble', help: 'npm run status shows the reason' }
}

function runsZookeeper({ seats }: Cluster): boolean {
  return seats.every(({ values }) => values.zookeeper_enabled)
}

/** A step of a restore, on one leader. */
export interface RestoreStep extends Step {
  readonly does: BackupAction
}

const phases = [
  ['receive', 'copy the backup to the node'],
  ['stop', 'stop Marathon, the Mesos master and ZooKeeper'],
  ['apply', 'replace the state of ZooKeeper'],
  ['start', 'start them again'],
] as const

/**
 * Plans to restore the state of ZooKeeper on all leaders. Each phase begins once the previous one is done on all of them:
 * a server that still ran would pass its own state to the others.
 */
export function planRestore(cluster: Cluster, nodes: readonly Reporting[]): readonly RestoreStep[] | Refusal {
  if (!runsZookeeper(cluster)) return ownZookeeper
  const down = cluster.seats.filter(
    ({ name }) => nodes.find(node => node.name === name)?.report === undefined,
  )
  if (down.length > 0) {
    const message = `${down.map(({ name }) => name).join(', ')} must run and report before a backup is restored`
    return { message, help: 'launch the missing leaders: npm run launch' }
  }
  return phases.flatMap(([does, detail], phase) =>
    cluster.seats.map(({ name }): RestoreStep => {
      const [before] = phases[phase - 1] ?? []
      return {
        id: `${does} ${name}`,
        needs: before === undefined ? [] : cluster.seats.map(seat => `${before} ${seat.name}`),
        action: 'update',
        kind: 'state',
        name,
        does,
        says: { sign: '~', title: does, detail },
      }
    }),
  )
}
