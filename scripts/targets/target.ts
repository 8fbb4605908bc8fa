import type { Cluster } from '../cluster/cluster.ts'
import type { Health, HealthView, Page } from '../health/health.ts'
import type { Problem } from '../inventory/problems.ts'
import type { Outcome, StepEvent } from '../plan/run.ts'
import type { Standing, Status } from '../plan/status.ts'
import type { Plan, Step } from '../plan/step.ts'
import type { Booted } from '../plan/user-data-diff.ts'
import type { Roller } from '../roll/drive.ts'
import type { Held, RollLock } from '../roll/held.ts'
import type { Resize } from '../roll/observed.ts'
import type { UserData } from '../user-data/render.ts'
import { type EngineName, type TargetName, targets } from './list.ts'

/**
 * A place where clusters run. Commands use only this interface. To add a target, add a directory that implements it and
 * a line in list.ts.
 *
 * Problems that the user can resolve are thrown as Refused, all of them at once.
 */
export interface Target {
  /** Observes what exists and plans the steps to what is requested. Changes nothing. */
  readonly planLaunch: (asked: Asked, options: LaunchOptions) => Promise<Launch>
  /** Plans to replace the machine of a node, if the other nodes permit it. */
  readonly planReplacement: (asked: Asked, node: string, options: ReplaceOptions) => Promise<Rollout>
  /** Prepares a rolling update, which makes every node what the inventory describes. */
  readonly planRoll: (asked: Asked, options: UpdateOptions) => Promise<Roll>
  /** Prepares a change of the number of leaders to the one in the inventory, while the cluster runs. */
  readonly planResize: (asked: Asked, options: UpdateOptions) => Promise<Resizing>
  /** Plans the deletion of everything that belongs to a cluster. */
  readonly planDestroy: (asked: Asked, timeout: number) => Promise<Proposal>
  /** Observes the state of a cluster. */
  readonly look: (asked: Asked) => Promise<View>
  /** Observes the state of a cluster like `look`, with the evidence of each node that reports any. */
  readonly examine: (asked: Asked) => Promise<View>
  /** The user data that the running machines booted with. */
  readonly booted: (asked: Asked) => Promise<readonly Booted[]>
  /** Prints the journal or the console of a node to the output of this process. Returns the exit code. */
  readonly showLogs: (asked: Asked, node: string, which: LogSelection) => Promise<number>
  /**
   * Connects the terminal of this process to a shell on a node, or to a single command there. Returns the exit code.
   */
  readonly openShell: (asked: Asked, node: string, session: Session) => Promise<number>
  /**
   * Makes the web pages of the elected leader available on this machine. Returns the exit code when they are no longer
   * available because of a lost connection, or immediately if they do not depend on this process.
   *
   * @param tell receives the pages as soon as they are available
   */
  readonly openPages: (asked: Asked, tell: (pages: readonly Page[]) => void) => Promise<number>
}

/** A cluster as requested by the user. */
export interface Asked {
  readonly cluster: Cluster
  /** Rendered for every node, by the name of the node. */
  readonly userData: ReadonlyMap<string, UserData>
  /** The inventory of the cluster. */
  readonly source: { readonly file: string; readonly text: string; readonly folder: string }
  readonly env: Readonly<Record<string, string | undefined>>
  /**
   * From this call until the release, an interrupt aborts the signal.
   *
   * @param outcome describes the result of an interrupted run
   */
  readonly takeInterrupt: (outcome: string) => { readonly signal: AbortSignal; readonly release: () => void }
  /** The container engine that was specified. */
  readonly engine: EngineName | undefined
  /** Prints a message for the user, such as what is being waited for. */
  readonly tell: (text: string) => void
}

export interface LaunchOptions {
  /** Plans with the information that is available without permission to change anything. */
  readonly dryRun: boolean
  /** Deletes pools that the inventory does not name. */
  readonly prune: boolean
  /** Launches stand-ins for packages that the inventory does not name. */
  readonly standIns: boolean
  /** Fills empty seats although the quorum is lost. */
  readonly recover: boolean
  /** How long a single step may take, in milliseconds. */
  readonly timeout: number
}

export interface UpdateOptions {
  /** Nothing is changed, and no image is baked. */
  readonly dryRun: boolean
  /** How long a single step may take, in milliseconds. */
  readonly timeout: number
}

export interface ReplaceOptions {
  /** Restarts the machine of a leader with the user data of the inventory instead. */
  readonly keepDisk: boolean
  /** How long a single step may take, in milliseconds. */
  readonly timeout: number
}

export interface LogSelection {
  readonly units: readonly string[]
  /** How many lines to show. */
  readonly lines: number
  readonly follow: boolean
  /** Shows the console instead of the journal. */
  readonly boot: boolean
}

export interface Session {
  /** Run instead of a login shell. */
  readonly command: string | undefined
  /** Whether the session is interactive, on a terminal. */
  readonly onTerminal: boolean
  /** File descriptors to use instead of the input and the output of this process. */
  readonly input?: number
  readonly output?: number
}

/** Steps for the user to confirm, and how they are carried out. */
export interface Proposal<S extends Step = Step> {
  readonly steps: readonly S[]
  /** Where the steps apply: `in us-east-1, account 123456789012`. */
  readonly place: string
  /** Carries out the steps and reports when each starts and ends. */
  readonly run: (tell: (event: StepEvent<Step>) => void) => Promise<readonly Outcome<Step>[]>
  /** Explains errors of steps that the user can resolve. */
  readonly explain: Explain
}

/** A proposal after which a cluster is expected to be healthy. */
export interface Rollout extends Proposal {
  /** Who is rolling the cluster. */
  readonly rolling?: Held | undefined
  /** The names of the resources to wait for. */
  readonly awaited: readonly string[]
  /**
   * Waits until the cluster is healthy.
   *
   * @param outcomes of the steps
   * @param timeout in milliseconds
   * @throws NotUp, or an error that `explain` recognizes
   */
  readonly wait: (
    outcomes: readonly Outcome<Step>[],
    timeout: number,
    tell: (progress: Progress) => void,
  ) => Promise<View>
}

export interface Launch extends Rollout {
  readonly plan: Plan
}

/** A rolling update at a target. */
export interface Roll extends Locked {
  /** The steps of a launch that come first, such as a new version of a launch template. They change no node. */
  readonly launch: Launch
}

/** Steps that are determined one after the other, by one process at a time. */
export interface Locked extends Roller {
  readonly lock: RollLock
  readonly explain: Explain
}

/** A change of the number of leaders at a target. */
export interface Resizing extends Locked, Resize {
  /** Where it is carried out: `on this machine`. */
  readonly place: string
  /** Removes what the change needed, once every node has the new number of leaders. */
  readonly finish: () => Promise<void>
}

/** The progress of a resource that is waited for. */
export interface Progress {
  readonly name: string
  readonly state: 'in progress' | 'done' | 'failed'
  readonly detail: string
}

const progress = { green: 'done', waiting: 'in progress', failed: 'failed' } as const

/** Shows the health checks of a cluster as progress. */
export function tellingGates(tell: (progress: Progress) => void): (health: Health) => void {
  return ({ gates }) => {
    for (const { name, state, detail } of gates) tell({ name, state: progress[state], detail })
  }
}

/** How the user can resolve an error. Undefined if the user cannot resolve it. */
export type Explain = (error: unknown) => readonly Problem[] | undefined

/** The observed state of a cluster. */
export interface View {
  readonly status: Status
  readonly standing: Standing
  /** What the nodes report. */
  readonly health: HealthView
  /** A notice about the whole cluster, for example that it runs stand-ins. */
  readonly notice?: string
  /** Who is rolling the cluster. */
  readonly rolling?: Held | undefined
  /** Where it runs, for the first line of the view. Empty if it does not need to be mentioned. */
  readonly place: string
}

/** Loads the named target only, because loading the AWS SDK alone takes half a second. */
export async function targetNamed(name: TargetName): Promise<Target> {
  const { folder } = targets[name]
  const { target }: { readonly target: Target } = await import(`./${folder}/${folder}.ts`)
  return target
}
