import { commandLine } from '../check/command-line.ts'
import { draftOf } from '../cluster/draft.ts'
import { diagnose } from '../doctor/diagnose.ts'
import type { Examined, Observed } from '../doctor/examined.ts'
import type { Finding } from '../doctor/finding.ts'
import { locator } from '../inventory/locate.ts'
import { parseInventory } from '../inventory/parse.ts'
import { placeOf, Refused, sayProblem } from '../inventory/problems.ts'
import type { Source } from '../inventory/source.ts'
import { isGone } from '../programs/holder.ts'
import { isLeftBehind } from '../roll/held.ts'
import { type Completing, type ShownFinding, shownFindings } from '../show/say-findings.ts'
import { type TargetName, targets } from '../targets/list.ts'
import type { Asked, Launch, Target, View } from '../targets/target.ts'
import type { TargetOptions } from './load.ts'
import { overridesOf } from './override-options.ts'

/** A cluster to diagnose, and the call that asks for it. */
export interface Case {
  readonly examined: Examined
  readonly source: Source
  readonly args: readonly string[]
}

/** Examines a cluster as it is now. Changes nothing. */
export async function examineNow(
  given: TargetOptions,
  asked: Asked,
  target: Target,
): Promise<Case & { readonly view: View; readonly observed: Observed }> {
  const { cluster, source } = asked
  const { view, observed } = await observeForDiagnosis(asked, target)
  const { value } = parseInventory(source.text, source.file)
  return {
    view,
    observed,
    // The inventory before its rules were checked, for the settings that findings name.
    examined: { ...observed, cluster, draft: draftOf(value, overridesOf(given).value) },
    source,
    args: given.call.args,
  }
}

/** What is wrong with a cluster. */
export function findingsOf({ examined, source, args }: Case): readonly ShownFinding[] {
  const completing = completingFor(args, source, examined.cluster.target)
  return shownFindings(diagnose(examined), examined, completing)
}

/** What is there of a cluster, and what a launch would do. */
async function observeForDiagnosis(
  asked: Asked,
  target: Target,
): Promise<{ view: View; observed: Observed }> {
  const quiet = { ...asked, tell: () => undefined }
  const [view, planned] = await Promise.all([target.examine(quiet), planOrRefusal(quiet, target)])
  const refusals = planned instanceof Refused ? planned.problems.map(sayProblem) : []
  const plan = planned instanceof Refused ? undefined : planned.plan
  return {
    view,
    observed: {
      nodes: view.health.nodes,
      gates: view.health.gates,
      changing: view.rolling !== undefined && !isLeftBehind(view.rolling, Date.now(), isGone),
      differences: (plan?.steps ?? []).map(({ kind, name, says: { title, detail } }) => ({
        kind,
        name,
        title,
        detail,
      })),
      outOfDate: plan?.outOfDate ?? [],
      refusals,
    },
  }
}

async function planOrRefusal(asked: Asked, target: Target): Promise<Launch | Refused> {
  const options = { dryRun: true, prune: false, standIns: false, recover: false, timeout: 0 }
  try {
    return await target.planLaunch(asked, options)
  } catch (error) {
    if (error instanceof Refused) return error
    throw error
  }
}

/** How findings are completed for a call: its places, and its options in commands. */
function completingFor(args: readonly string[], source: Source, target: TargetName): Completing {
  const positionIn = locator(source)
  return {
    placeOf: path =>
      path.of === 'inventory' ? placeOf({ file: source.file, ...positionIn(path) }) : 'command line',
    commandOf: fix => commandLine(fix[0], [...asRoot(fix, target), ...optionsOf(fix[0], args)]).text,
  }
}

/** The arguments of a command. On EC2, the user of ssh is not root. */
function asRoot([command, ...args]: Finding['fix'], target: TargetName): readonly string[] {
  if (command !== 'shell' || !targets[target].inAccount) return args
  return args.map((arg, index) => (args[index - 1] === '--command' ? `sudo ${arg}` : arg))
}

/** The options of a call that select the cluster, as far as another command accepts them. */
function optionsOf(command: string, args: readonly string[]): readonly string[] {
  const passedOn = /^(shell|logs|bake)$/.test(command)
    ? /^--(inventory|target|engine)(=|$)/
    : /^--(inventory|target|engine|leaders|followers|set)(=|$)/
  return args.flatMap((arg, index) => {
    if (passedOn.test(arg)) return [arg]
    const before = args[index - 1] ?? ''
    return passedOn.test(before) && !before.includes('=') ? [arg] : []
  })
}
