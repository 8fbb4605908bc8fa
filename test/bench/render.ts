import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { manyFollowers } from './many-followers.ts'
import { least, type Part } from './measure.ts'
import type { TenThousand } from './ten-thousand.ts'
import { terraformVersion, timeTerraform } from './terraform.ts'

const rounds = 3
const few = 200
const many = 1_000

/**
 * Renders 10,000 different nodes, compared with Terraform rendering the same text.
 *
 * Our time starts with a resolved cluster and ends with text and hash in memory. It includes reading and compiling the
 * templates, and a cold JIT. For Terraform, only the time for additional nodes counts, not its startup.
 */
export async function render(): Promise<Part> {
  const version = terraformVersion()
  if (version === undefined) return { compared: ['left out: terraform is not on the PATH'], measures: [] }
  const ours: TenThousand[] = []
  const ofFew: number[] = []
  const ofMany: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await renderTenThousand())
    ofFew.push(await timeTerraform(manyFollowers(few)))
    ofMany.push(await timeTerraform(manyFollowers(many)))
  }
  const perNode = (least(ofMany) - least(ofFew)) / (many - few)
  const faster = (key: 'rendered' | 'checked') => perNode / least(ours.map(run => run[key]))
  const memory = Math.max(...ours.map(run => run.peakMegabytes))
  return {
    compared: [
      '10,003 nodes in one process, per node from the resolved cluster to text and hash, against what each node from',
      `${few} to ${many} adds to \`terraform plan\` (${version}; templatefile and sha256 in locals; the very same bytes).`,
    ],
    measures: [
      {
        what: 'rendered, faster than terraform',
        value: faster('rendered'),
        unit: '×',
        goal: { atLeast: 40 },
      },
      { what: '… parsed back and checked too', value: faster('checked'), unit: '×', goal: { atLeast: 5 } },
      { what: 'peak memory of the whole process', value: memory, unit: 'MB', goal: { atMost: 300 } },
    ],
  }
}

async function renderTenThousand(): Promise<TenThousand> {
  const child = fork(fileURLToPath(import.meta.resolve('./ten-thousand.ts')))
  const sent = once(child, 'message')
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error('rendering 10,000 nodes failed; its message is above')
  const [result] = await sent
  return result
}
