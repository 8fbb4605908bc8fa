import test from 'ava'
import type { Overrides } from '../../scripts/cluster/cluster.ts'
import { examine } from '../../scripts/cluster/resolve.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'

function told(text: string, overrides: Overrides = { vars: {} }): readonly string[] {
  const { problems } = examine(parseInventory(text, 'inventory.yaml'), { value: overrides, problems: [] })
  return problems.map(({ code, path }) => `${code} ${path}`)
}

const leaders = 'leaders: { vars: { mesos_mode: leader }, count: 3 }'
const pools = (...sizes: readonly number[]) =>
  `groups: { ${leaders}, ${sizes.map((max, index) => `p${index}: { max: ${max} }`).join(', ')} }`

test('up to 5,000 nodes nothing is reported; with one more, the largest pool is named', t => {
  t.deepEqual(told(pools(4997)), [])
  t.deepEqual(told(pools(4998)), ['W030 groups.p0.max'])
  t.deepEqual(told(pools(1000, 3997)), [])
  t.deepEqual(told(pools(1000, 3998)), ['W030 groups.p1.max'])
  const followers = { pool: undefined, min: 1, max: 4998 }
  t.deepEqual(told(pools(5), { vars: {}, followers }), ['W030 --followers'])
})

const withGroups = (mode: string, count: number, target = 'aws') =>
  `target: ${target}\ngroups: { a: { vars: { mesos_mode: ${mode} }, security_groups: [${Array.from({ length: count }, (_, index) => `sg-${index}`).join(', ')}] } }`

test('security groups: ours are included, five are the default limit and sixteen the maximum', t => {
  const place = 'groups.a.security_groups'
  t.deepEqual(told(withGroups('leader', 4)), [])
  t.deepEqual(told(withGroups('leader', 5)), [`W031 ${place}`])
  t.deepEqual(told(withGroups('leader', 15)), [`W031 ${place}`])
  t.deepEqual(told(withGroups('leader', 16)), [`E112 ${place}`])
  t.deepEqual(told(withGroups('mixed', 3)), [])
  t.deepEqual(told(withGroups('mixed', 4)), [`W031 ${place}`])
  t.deepEqual(told(withGroups('mixed', 14)), [`W031 ${place}`])
  t.deepEqual(told(withGroups('mixed', 15)), [`E112 ${place}`])
  t.deepEqual(told(withGroups('leader', 20, 'local')), [])
})

test('if nodes disagree, those that differ from the majority are named', t => {
  const groups = (leader: string, web: string, batch: string) =>
    `groups: { leaders: { vars: { mesos_mode: leader, ${leader} } }, web: { vars: { ${web} } }, batch: { vars: { ${batch} } } }`
  const port = (value: number) => `consul_serf_port: ${value}`
  t.deepEqual(told(groups('', port(9301), '')), ['E023 groups.web.vars.consul_serf_port'])
  t.deepEqual(told(groups('', port(9301), port(9301))), ['E023 groups.leaders'])
  t.deepEqual(told(groups(port(9301), '', '')), ['E023 groups.leaders.vars.consul_serf_port'])
  t.deepEqual(told(groups(port(9301), port(9302), port(9302))), ['E023 groups.leaders.vars.consul_serf_port'])
  t.deepEqual(told(groups(port(9301), port(9302), port(9303))), [
    'E023 groups.web.vars.consul_serf_port',
    'E023 groups.batch.vars.consul_serf_port',
  ])
  t.deepEqual(told(groups(port(9301), port(9301), port(9301))), [])
  const two = (leader: string, web: string) =>
    `groups: { leaders: { vars: { mesos_mode: leader, ${leader} } }, web: { vars: { ${web} } } }`
  t.deepEqual(told(two(port(9301), '')), ['E023 groups.leaders.vars.consul_serf_port'])
  t.deepEqual(told(two(port(9301), port(9302))), ['E023 groups.web.vars.consul_serf_port'])
})
