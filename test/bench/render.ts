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
  if (version === undefined) return { compared: ['skipped: terraform not found on the PATH'], measures: [] }
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
      '10,003 nodes in one process, the time per node from the resolved cluster to text and hash, compared with the time',
      `per additional node of \`terraform plan\`, from ${few} to ${many} nodes (${version}; templatefile and sha256 in locals; same bytes).`,
    ],
    measures: [
      {
        what: 'render, speed compared with terraform',
        value: faster('rendered'),
        unit: '×',
        goal: { atLeast: 40 },
      },
      {
        what: 'render, parse and check, speed compared with terraform',
        value: faster('checked'),
        unit: '×',
        goal: { atLeast: 5 },
      },
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
