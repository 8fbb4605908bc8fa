import { env, print, printJson } from '../cli/main.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { differences } from '../plan/user-data-diff.ts'
import { sayDifferences } from '../show/say-diff.ts'
import { styleFor } from '../show/style.ts'
import { observeUserData as observeLocal } from '../targets/containers/engine/container-user-data.ts'
import { findEngine } from '../targets/containers/engine/engine.ts'
import { explainedLocal } from '../targets/containers/engine/explain-engine.ts'
import { observeUserData } from '../targets/ec2/api/booted.ts'
import { connectTo } from '../targets/ec2/api/connect.ts'
import { explained } from '../targets/ec2/api/errors.ts'
import type { UserData } from '../user-data/render.ts'

/** Shows how what runs differs from what was rendered. */
export async function diffShown(
  given: { readonly engine: string | undefined; readonly json: boolean },
  cluster: Cluster,
  asked: readonly UserData[],
): Promise<void> {
  const booted =
    cluster.target === 'local'
      ? await explainedLocal(observeLocal(await findEngine(given.engine), cluster))
      : await explained(observeUserData(await connectTo(cluster.region), cluster))
  const found = differences(asked, booted)
  if (given.json) printJson({ cluster: cluster.name, nodes: found })
  else print(sayDifferences(found, styleFor(process.stdout, env())))
}
