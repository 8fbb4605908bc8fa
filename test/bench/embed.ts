import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeAs } from '../../scripts/embed/formats.ts'
import { materialOf } from '../harness/material.ts'
import { terraform } from '../harness/terraform.ts'
import { inFolder } from './folder.ts'
import { manyFollowers } from './many-followers.ts'
import { least, type Part } from './measure.ts'
import { timeAll } from './start.ts'

const project = fileURLToPath(new URL('../../', import.meta.url))
const rounds = 3

/** The cost of using the user data in other tools. */
export async function embed(): Promise<Part> {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/project/dist.ts'], { cwd: project })
  const node = [process.execPath, '-e', '0']
  const bin = ['dist/bin/mesos-bakery.js', 'render', '--node', 'cluster1-leader-1']
  const start = timeAll({
    node,
    bin: [process.execPath, ...bin, '--inventory', 'inventory.example.yaml'],
    library: [process.execPath, 'dist/library/mesos-bakery.js'],
  })
  const plan = await terraformTimes(1_000)
  return {
    compared: [
      'the installed program rendering a node, and an import of the library, each as a whole process, compared with `node -e 0`;',
      '`terraform plan` with a rendered module of 1,000 nodes, compared with their user data as literal strings.',
    ],
    measures: [
      {
        what: 'mesos-bakery render, compared with node',
        value: start.bin / start.node,
        unit: '×',
        goal: { atMost: 3 },
      },
      {
        what: 'import mesos-bakery, compared with node',
        value: start.library / start.node,
        unit: '×',
        goal: { atMost: 1.5 },
      },
      { what: 'terraform plan, compared with literal strings', value: plan, unit: '×', goal: { atMost: 2 } },
    ],
  }
}

/** The minimum times of a plan with our module, and with a map of literal strings. */
async function terraformTimes(nodes: number) {
  const material = materialOf(manyFollowers(nodes))
  const ours = new Map(
    writeAs('terraform', material).map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]),
  )
  const texts = material.nodes.map(({ userData }) => [userData.name, userData.text])
  const output = { user_data: { value: Object.fromEntries(texts) } }
  const literal = new Map([['main.tf.json', JSON.stringify({ output })]])
  const times = { module: [] as number[], literal: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    times.module.push(await timePlan(ours))
    times.literal.push(await timePlan(literal))
  }
  return least(times.module) / least(times.literal)
}

/** A plan of a configuration that calls a module and uses its user data. */
function timePlan(module: ReadonlyMap<string, string>): Promise<number> {
  return inFolder(folder => {
    mkdirSync(join(folder, 'mesos'))
    for (const [path, text] of module) writeFileSync(join(folder, 'mesos', path), text)
    const root = {
      module: { mesos: { source: './mesos' } },
      output: { all: { value: `\${${'module.mesos.user_data'}}` } },
    }
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(root))
    terraform(folder, 'init', '-input=false')
    const start = performance.now()
    terraform(folder, 'plan', '-input=false', '-out=plan')
    return performance.now() - start
  })
}
