import { load } from 'js-yaml'
import { inspect } from '../../scripts/check/inspect.ts'
import { loadTemplates } from '../../scripts/user-data/load-templates.ts'
import { readTemplates } from '../../scripts/user-data/template-files.ts'
import { least, type Part } from './measure.ts'

const rounds = 25
const groups = 200

/** An inventory with ten lines per group. */
function largeInventory(count: number): string {
  const pools = Array.from({ length: count - 1 }, (_, i) => [
    `  pool-${i}:`,
    '    vars:',
    `      mesos_attributes: { rack: r${i}, zone: z${i % 3} }`,
    '      mesos_follower_options:',
    `        gc_delay: ${(i % 6) + 1}days`,
    '        reconfiguration_policy: additive',
    `    min: ${i % 4}`,
    `    max: ${(i % 4) + 10}`,
    '    instance_type: m6i.xlarge',
    '    subnets: [subnet-a, subnet-b, subnet-c] # all zones',
  ])
  const leaders = [
    '  leaders:',
    '    vars: { mesos_mode: leader }',
    '    count: 3',
    '    subnets: [subnet-a, subnet-b, subnet-c]',
  ]
  return ['cluster: large', 'groups:', ...leaders, ...pools.flat(), ''].join('\n')
}

/**
 * The cost of checking in addition to reading: every rule, rendering every node, and parsing the rendered documents.
 */
export async function check(): Promise<Part> {
  const workshop = { sources: readTemplates(), templates: loadTemplates() }
  const inspected = (text: string) =>
    inspect(
      { file: 'inventory.yaml', read: () => ({ file: 'inventory.yaml', text }) },
      { value: { vars: {} }, problems: [] },
      workshop,
    )
  const text = largeInventory(groups)
  const { problems } = inspected(text)
  if (problems.length > 0) throw new Error(`the large inventory is invalid: ${problems[0]?.message}`)
  const reading = timed(() => load(text))
  const whole = timed(() => inspected(text))
  const more = largeInventory(4 * groups)
  const moreTime = timed(() => inspected(more))
  return {
    compared: [
      `an inventory of ${text.split('\n').length} lines and ${groups} groups in one warm process: applying all rules, and rendering`,
      'and parsing all documents as YAML 1.1 and 1.2, compared with js-yaml parsing the inventory.',
    ],
    measures: [
      {
        what: 'check, time in addition to three times js-yaml',
        value: whole - 3 * reading,
        unit: 'ms',
        goal: { atMost: 50 },
      },
      {
        what: 'check with four times as many groups, compared with check',
        value: moreTime / whole,
        unit: '×',
        goal: { atMost: 6 },
      },
      { what: 'check, compared with js-yaml', value: whole / reading, unit: '×' },
    ],
  }
}

function timed(run: () => unknown): number {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return least(times)
}
