import test from 'ava'
import { load } from 'js-yaml'
import { nodesOf } from '../../scripts/cluster/cluster.ts'
import { examine } from '../../scripts/cluster/resolve.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'
import { type VariableName, variableNames, variables } from '../../scripts/inventory/variables.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'
import { cases, inventoryOf } from '../harness/cases.ts'
import { templates } from '../harness/sample.ts'

// Values other than the defaults, from the case that has one for every variable.
const others = (load(inventoryOf('every-variable')) as { vars: Record<VariableName, unknown> }).vars
// Without variables that enable something, and the name that must match the domain.
const settable = variableNames.filter(
  name =>
    Object.hasOwn(others, name) &&
    !['mesos_mode', 'marathon_enabled', 'zookeeper_enabled', 'consul_domain', 'mesos_zk_dns'].includes(name),
)

type Mode = 'leader' | 'follower' | 'mixed'

/** An inventory in which a group has additional variables, with or without Marathon and ZooKeeper. */
function inventoryWith(mode: Mode, on: boolean, own: Record<string, unknown>): string {
  const leaders = mode === 'mixed' ? 'mixed' : 'leader'
  const off = on ? {} : { marathon_enabled: false, zookeeper_enabled: false, mesos_zk_dns: 'zk.example.com' }
  const groups = {
    leaders: { vars: { mesos_mode: leaders, ...(mode !== 'follower' && own) }, count: 1 },
    web: { vars: { ...(mode === 'follower' && own) } },
  }
  return JSON.stringify({ vars: off, groups })
}

/** The warnings, and the user data of the first node with a mode. */
function seen(mode: Mode, on: boolean, own: Record<string, unknown>) {
  const { problems, cluster } = examine(parseInventory(inventoryWith(mode, on, own), 'inventory.yaml'))
  const warned = problems.filter(({ code }) => code === 'W032').map(({ path }) => String(path))
  if (cluster === undefined) return { warned, text: undefined }
  const node = nodesOf(cluster).find(one => one.mode === mode)
  return { warned, text: renderCluster(templates, cluster).find(({ name }) => name === node?.name)?.text }
}

for (const mode of ['leader', 'follower', 'mixed'] as const) {
  for (const on of [true, false]) {
    test(`a ${mode}, Marathon and ZooKeeper ${on ? 'on' : 'off'}: variables with warnings are those that do not change the user data`, t => {
      const usual = seen(mode, on, {})
      t.deepEqual(usual.warned, [])
      for (const name of settable) {
        const { warned, text } = seen(mode, on, { [name]: others[name] })
        // Values that all nodes must agree on are refused, not warned about.
        if (text === undefined) continue
        const idle = warned.some(path => path.endsWith(`.vars.${name}`))
        t.is(idle, text === usual.text, name)
      }
    })
  }
}

test('values for all nodes cause warnings only if their service is off everywhere', t => {
  const warnedOf = (vars: string, groups = 'a: { vars: { mesos_mode: leader } }') =>
    examine(parseInventory(`vars: ${vars}\ngroups: { ${groups} }`, 'inventory.yaml')).problems.map(
      ({ code, path }) => `${code} ${path}`,
    )
  t.deepEqual(warnedOf('{ mesos_follower_port: 5052 }'), [])
  t.deepEqual(warnedOf('{ marathon_heap_mb: 900, marathon_enabled: true }'), [])
  t.deepEqual(warnedOf('{ marathon_heap_mb: 900, marathon_enabled: false }'), ['W032 vars.marathon_heap_mb'])
  const but2 = 'a: { vars: { mesos_mode: leader }, seats: { 2: { vars: { marathon_enabled: false } } } }'
  t.deepEqual(warnedOf('{ marathon_heap_mb: 900 }', but2), [])
})

test('no included inventory sets a variable without effect, and every variable belongs to a service or to all', t => {
  for (const name of cases) {
    const { problems } = examine(parseInventory(inventoryOf(name), 'inventory.yaml'))
    t.deepEqual(
      problems.filter(({ code = '' }) => code.startsWith('W03')),
      [],
      name,
    )
  }
  t.is(settable.length, Object.keys(variables).length - 6)
})
