import { originOf, sitesOf } from '../cluster/origin.ts'
import { locate } from '../inventory/locate.ts'
import type { Path } from '../inventory/problem-path.ts'
import type { Problem } from '../inventory/problems.ts'
import { schemaFlaws } from './cloud-init.ts'
import type { Inspected } from './inspect.ts'

/**
 * Adds the errors that the schema of cloud-init reports for additions to the user data, at their place in the
 * inventory. The parts that mesos-bakery adds to every node are not validated again, because a test does that.
 */
export async function withSchema(one: Inspected): Promise<Inspected> {
  const { draft, userData, source } = one
  if (draft === undefined || userData.size === 0) return one
  const additions = new Map<string, readonly [Path, string]>()
  for (const site of sitesOf(draft)) {
    if (Object.keys(site.values.user_data_extra).length === 0) continue
    const { path } = originOf(draft, site, 'user_data_extra')
    const text = `#cloud-config\n${JSON.stringify(site.values.user_data_extra)}\n`
    additions.set(String(path), [path, text])
  }
  const found = await Promise.all([...additions.values()].map(([path, text]) => problemsWith(path, text)))
  return { ...one, problems: locate([...one.problems, ...found.flat()], source) }
}

async function problemsWith(origin: Path, text: string): Promise<readonly Problem[]> {
  const flaws = await schemaFlaws(text)
  return flaws.map(
    ({ path, message }): Problem => ({
      code: 'E062',
      path: origin.of === 'inventory' ? origin.below(...path.split('.')) : origin,
      message: `cloud-init rejects it: ${message}`,
    }),
  )
}
