import { connectTo } from '../aws/connect.ts'
import { explained } from '../aws/errors.ts'
import { observeUserData } from '../aws/user-data.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { findEngine } from '../local/engine.ts'
import { explainedLocal } from '../local/explain.ts'
import { observeUserData as observeLocal } from '../local/user-data.ts'
import { differences } from '../plan/user-data-diff.ts'
import { env, print, printJson } from '../terminal/main.ts'
import { type Given, textOf } from '../terminal/options.ts'
import { sayDifferences } from '../terminal/say-diff.ts'
import { styleFor } from '../terminal/style.ts'
import type { UserData } from '../user-data/render.ts'

/** Shows how what runs differs from what was rendered. */
export async function diffShown(given: Given, cluster: Cluster, asked: readonly UserData[]): Promise<void> {
  const booted =
    cluster.target === 'local'
      ? await explainedLocal(observeLocal(await findEngine(textOf(given, 'engine')), cluster))
      : await explained(observeUserData(await connectTo(cluster.region), cluster))
  const found = differences(asked, booted)
  if (given.json === true) printJson({ cluster: cluster.name, nodes: found })
  else print(sayDifferences(found, styleFor(process.stdout, env())))
}
