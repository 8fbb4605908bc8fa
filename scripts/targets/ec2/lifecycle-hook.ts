import type { Cluster } from '../../cluster/cluster.ts'
import type { DrainSettings } from '../../inventory/drain-settings.ts'
import type { Step } from '../../plan/step.ts'
import type { ActualHook } from './actual.ts'
import type { Facts } from './facts.ts'

/** Creates or changes the lifecycle hook of a pool. The hook is deleted together with its pool. */
export interface WriteHook extends Step {
  readonly action: 'create' | 'update'
  readonly kind: 'lifecycle hook'
  readonly pool: string
  readonly hook: Hook
}

/**
 * A lifecycle hook: Auto Scaling holds an instance that it is about to terminate until a leader has drained it.
 * /usr/lib/mesos-bakery/drain reads the settings from the hook.
 */
export interface Hook {
  /** How long Auto Scaling waits for the next heartbeat of a leader, in seconds. */
  readonly heartbeat: number
  /** The settings, as JSON. */
  readonly metadata: string
}

/** The name of the hook in every pool. */
export const hookName = 'mesos-bakery-drain'

// If no leader drains, for example because all of them are down or have an older image, instances end after this time.
const LONGEST_HEARTBEAT = 300

/** The hook that an inventory asks for. */
export function hookOf({ drain: { grace, timeout } }: Pick<Cluster, 'drain'>): Hook {
  return { heartbeat: Math.min(timeout, LONGEST_HEARTBEAT), metadata: JSON.stringify({ grace, timeout }) }
}

/** A step for every pool without the hook, or with a different one. */
export function hookSteps({ cluster, actual }: Facts, pools: readonly Step[]): readonly WriteHook[] {
  const hook = hookOf(cluster)
  return cluster.pools.flatMap(({ name }) => {
    const present = actual.hooks.find(({ pool }) => pool === name)
    if (present !== undefined && isSame(present, hook)) return []
    const needs = pools.filter(one => one.name === name).map(({ id }) => id)
    return [hookStep(cluster.drain, { name, hook, needs, isNew: present === undefined })]
  })
}

function isSame(present: ActualHook, { heartbeat, metadata }: Hook): boolean {
  return present.continues && present.heartbeat === heartbeat && present.metadata === metadata
}

interface Wanted {
  readonly name: string
  readonly hook: Hook
  readonly needs: readonly string[]
  readonly isNew: boolean
}

function hookStep({ grace, timeout }: DrainSettings, { name, hook, needs, isNew }: Wanted): WriteHook {
  return {
    id: `lifecycle hook ${name}`,
    needs,
    action: isNew ? 'create' : 'update',
    kind: 'lifecycle hook',
    name,
    pool: name,
    hook,
    says: {
      sign: isNew ? '+' : '~',
      title: 'lifecycle hook',
      detail: `drain before termination: ${sayTime(grace)} grace, ${sayTime(timeout)} timeout`,
    },
  }
}

/** A time in seconds, in the form that an inventory uses. */
function sayTime(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600}h`
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}

/** The hook as a specification of AWS, in which only the name of its own name differs between APIs. */
export function hookSpecification({ heartbeat, metadata }: Hook) {
  return {
    LifecycleHookName: hookName,
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    // Applies when no heartbeat arrives. The instance is terminated either way; ABANDON would also skip other hooks.
    DefaultResult: 'CONTINUE',
    HeartbeatTimeout: heartbeat,
    NotificationMetadata: metadata,
  }
}
