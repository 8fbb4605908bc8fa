import test from 'ava'
import { nodesOf } from '../../scripts/cluster/cluster.ts'
import { planJson } from '../../scripts/plan/step.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import { cases, compareWithGolden, inventoryOf } from '../harness/cases.ts'
import { clusterOf, factsOf } from '../harness/sample.ts'

for (const name of cases) {
  test(`case ${name}: user data and plan are as expected`, t => {
    const facts = factsOf(clusterOf(inventoryOf(name)))
    const userData = [...facts.userData.values()].map((one): [string, string] => [
      `${one.name}.yaml`,
      one.text,
    ])
    const plan = `${JSON.stringify(planJson(planLaunch(facts)), null, 2)}\n`
    compareWithGolden(t, name, new Map([...userData, ['plan.json', plan]]))
  })
}

test('user data does not exceed its budget: 4 KiB for a leader, 2 KiB for a follower', t => {
  // `every-variable` contains additions that no budget can account for, and a mixed node has both roles.
  for (const name of cases.filter(one => one !== 'every-variable')) {
    const { cluster, userData } = factsOf(clusterOf(inventoryOf(name)))
    for (const node of nodesOf(cluster).filter(({ mode }) => mode !== 'mixed')) {
      const bytes = userData.get(node.name)?.bytes ?? Number.POSITIVE_INFINITY
      t.true(bytes <= (node.mode === 'leader' ? 4096 : 2048), `${node.name} has ${bytes} bytes`)
    }
  }
})
