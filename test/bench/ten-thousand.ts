// Renders 10,000 nodes in its own process, started by render.ts, so that nothing else is loaded.
import { createHash } from 'node:crypto'
import { load } from 'js-yaml'
import { loadTemplates } from '../../scripts/user-data/load-templates.ts'
import { renderCluster, type UserData } from '../../scripts/user-data/render.ts'
import { manyFollowers } from './many-followers.ts'

/** The results of the process. Times are per node, in milliseconds. */
export interface TenThousand {
  readonly rendered: number
  /** Rendered, parsed and checked. */
  readonly checked: number
  readonly peakMegabytes: number
}

const cluster = manyFollowers(10_000)
const start = performance.now()
const userData = renderCluster(loadTemplates(), cluster)
const rendered = performance.now() - start
const { maxRSS } = process.resourceUsage()
for (const one of userData) check(one)
const checked = performance.now() - start
if (new Set(userData.map(({ sha256 }) => sha256)).size !== userData.length) {
  throw new Error('two nodes have the same user-data, so less was rendered than is claimed')
}
process.send?.({
  rendered: rendered / userData.length,
  checked: checked / userData.length,
  peakMegabytes: maxRSS / 1024,
} satisfies TenThousand)

function check({ name, text, sha256 }: UserData): void {
  const { hostname: _, runcmd, write_files, ...others } = load(text) as Record<string, unknown>
  const paths = (write_files as { path: string }[]).map(({ path }) => path)
  const right =
    Object.keys(others).length === 0 &&
    Array.isArray(runcmd) &&
    new Set(paths).size === paths.length &&
    createHash('sha256').update(text).digest('hex') === sha256
  if (!right) throw new Error(`the user-data of ${name} is wrong, so its speed says nothing`)
}
