import type { Cluster } from '../cluster/cluster.ts'
import type { HealthView } from '../health/health.ts'
import type { Problem } from '../inventory/problems.ts'
import type { Outcome, StepEvent } from '../plan/run.ts'
import type { Standing, Status } from '../plan/status.ts'
import type { Plan, Step } from '../plan/step.ts'
import type { Booted } from '../plan/user-data-diff.ts'
import type { UserData } from '../user-data/render.ts'
import { type EngineName, type TargetName, targets } from './list.ts'

/**
 * A place where clusters run. Commands know a target by this alone: a new one is a folder that implements it, and a
 * line in list.ts.
 *
 * What a person can mend is thrown as Refused, with every problem that was found.
 */
export interface Target {
  /** Observes what is there and plans the way to what is asked for. Changes nothing. */
  readonly planLaunch: (asked: Asked, options: LaunchOptions) => Promise<Launch>
  /** Plans to give a node another machine, if the others can spare it. */
  readonly planReplacement: (asked: Asked, node: string) => Promise<Rollout>
  /** Lists everything of a cluster, to delete it. */
  readonly planDestroy: (asked: Asked, timeout: number) => Promise<Proposal>
  /** How a cluster is. */
  readonly look: (asked: Asked) => Promise<View>
  /** What the machines that run have booted with. */
  readonly booted: (asked: Asked) => Promise<readonly Booted[]>
  /** Prints the journal of a node on this process's own output. Returns the exit code. */
  readonly showLogs: (asked: Asked, node: string, which: LogSelection) => Promise<number>
  /** Gives this process's terminal to a shell on a node, or to one command there. Returns the exit code. */
  readonly openShell: (asked: Asked, node: string, session: Session) => Promise<number>
}

/** A cluster as a person asks for it. */
export interface Asked {
  readonly cluster: Cluster
  /** Rendered for every node, by the node's name. */
  readonly userData: ReadonlyMap<string, UserData>
  /** The inventory that it comes from. */
  readonly source: { readonly file: string; readonly text: string; readonly folder: string }
  readonly env: Readonly<Record<string, string | undefined>>
  /**
   * From now on an interrupt aborts the signal, until it is released.
   *
   * @param outcome what an interrupted run comes to
   */
  readonly takeInterrupt: (outcome: string) => { readonly signal: AbortSignal; readonly release: () => void }
  /** The container engine that was named. */
  readonly engine: EngineName | undefined
  /** Says something to the person, such as what is being waited for. */
  readonly tell: (text: string) => void
}

export interface LaunchOptions {
  /** Plans from what can be known without being allowed to change anything. */
  readonly dryRun: boolean
  /** Deletes pools that the inventory doesn't name. */
  readonly prune: boolean
  /** Launches stand-ins for packages that the inventory doesn't name. */
  readonly standIns: boolean
  /** Fills empty seats although the quorum is lost. */
  readonly recover: boolean
  /** How long one step may take, in milliseconds. */
  readonly timeout: number
}

export interface LogSelection {
  readonly units: readonly string[]
  /** How many of the last lines. */
  readonly lines: number
  readonly follow: boolean
}

export interface Session {
  /** Run instead of a login shell. */
  readonly command: string | undefined
  /** Whether a person sits at the terminal that is lent. */
  readonly onTerminal: boolean
}

/** Steps that a person can agree to, and how they are done. */
export interface Proposal<S extends Step = Step> {
  readonly steps: readonly S[]
  /** Where: `in us-east-1, account 123456789012`. */
  readonly place: string
  /** Does the steps, and tells of each as it starts and ends. */
  readonly run: (tell: (event: StepEvent<Step>) => void) => Promise<readonly Outcome<Step>[]>
  /** What a person can mend of an error of a step. */
  readonly explain: Explain
}

/** A proposal after which a cluster is expected to be healthy. */
export interface Rollout extends Proposal {
  /** The names of what is waited for. */
  readonly awaited: readonly string[]
  /**
   * Waits until the cluster is healthy.
   *
   * @param outcomes of the steps
   * @param timeout in milliseconds
   * @throws NotUp, or an error that `explain` knows
   */
  readonly wait: (
    outcomes: readonly Outcome<Step>[],
    timeout: number,
    tell: (progress: Progress) => void,
  ) => Promise<View>
}

export interface Launch extends Rollout {
  readonly plan: Plan
  /** What to do about machines that are out of date. */
  readonly advice: string | undefined
}

/** How far one of the things is that are waited for. */
export interface Progress {
  readonly name: string
  readonly state: 'in progress' | 'done' | 'failed'
  readonly detail: string
}

/** What a person can mend of an error, or nothing when it isn't theirs to mend. */
export type Explain = (error: unknown) => readonly Problem[] | undefined

/** A cluster as it runs. */
export interface View {
  readonly status: Status
  readonly standing: Standing
  /** What the nodes say of themselves, where they can be heard. */
  readonly health: HealthView | undefined
  /** What a reader must know of the cluster, such as that it is not a real one. */
  readonly notice?: string
  /** Where it runs, as the first line of the view says it; empty where that goes without saying. */
  readonly place: string
}

/** Loads the target of a name, and nothing of the others: the AWS SDK alone takes half a second. */
export async function targetNamed(name: TargetName): Promise<Target> {
  const { folder } = targets[name]
  const { target }: { readonly target: Target } = await import(`./${folder}/${folder}.ts`)
  return target
}
