import { cpSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cluster } from '../../scripts/cluster/cluster.ts'
import { loadTemplates } from '../../scripts/user-data/load-templates.ts'
import { renderNode } from '../../scripts/user-data/render.ts'
import { viewOf } from '../../scripts/user-data/view.ts'
import { terraform, terraformMissing } from '../harness/terraform.ts'
import { inFolder } from './folder.ts'
import { ownVars } from './many-followers.ts'

/** The version of Terraform on this machine. Undefined if it is not installed. */
export function terraformVersion(): string | undefined {
  return terraformMissing ? undefined : JSON.parse(terraform(tmpdir(), 'version', '-json')).terraform_version
}

/**
 * Runs `terraform plan` to render the followers of a `manyFollowers` cluster.
 *
 * @returns the time, in milliseconds
 * @throws if the text of a node differs from ours in a single byte, because the time would then be meaningless
 */
export function timeTerraform(cluster: Cluster): Promise<number> {
  return inFolder(folder => {
    cpSync(fileURLToPath(new URL('terraform', import.meta.url)), folder, { recursive: true })
    writeFileSync(join(folder, 'input.json'), JSON.stringify(inputOf(cluster)))
    const start = performance.now()
    terraform(folder, 'plan', '-out=plan')
    const time = performance.now() - start
    compare(cluster, JSON.parse(terraform(folder, 'show', '-json', 'plan')).planned_values.outputs)
    return time
  })
}

/** The values that all followers share are passed once, because Terraform reads this faster than complete views. */
function inputOf(cluster: Cluster) {
  const views = cluster.pools.map(pool => viewOf(cluster, pool))
  const nodes = views.map(({ node }, index) => ({ ...node, vars: ownVars(index) }))
  return { cluster: views[0]?.cluster, vars: views[0]?.vars, nodes }
}

interface Outputs {
  readonly sha256: { readonly value: Readonly<Record<string, string>> }
  readonly sample: { readonly value: Readonly<Record<string, string>> }
}

function compare(cluster: Cluster, { sha256, sample }: Outputs): void {
  const templates = loadTemplates()
  const ours = new Map(cluster.pools.map(pool => [pool.name, renderNode(templates, cluster, pool)]))
  for (const [name, theirs] of Object.entries(sample.value)) {
    const text = ours.get(name)?.text ?? ''
    if (text !== theirs) throw new Error(`${stale}: ${firstDifference(text, theirs)}`)
  }
  for (const { name, sha256: hash } of ours.values()) {
    if (sha256.value[name] !== hash) throw new Error(`${stale}: the hashes of ${name} differ`)
  }
}

const stale = 'test/bench/terraform/follower.yaml.tftpl no longer renders what cloud-init/ does'

function firstDifference(ours: string, theirs: string): string {
  const [left, right] = [ours.split('\n'), theirs.split('\n')]
  const index = [...left, undefined].findIndex((line, index) => line !== right[index])
  return `line ${index + 1} is ${JSON.stringify(right[index])} instead of ${JSON.stringify(left[index])}`
}
