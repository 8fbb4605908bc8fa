import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { load } from 'js-yaml'
import { everyRule } from '../../scripts/check/every-rule.ts'
import { findingsPage } from '../../scripts/check/findings-page.ts'
import { problemsPage } from '../../scripts/check/problems-page.ts'
import { everyCause } from '../../scripts/doctor/every-cause.ts'
import { variablesReference } from '../../scripts/inventory/reference.ts'
import { variableNames } from '../../scripts/inventory/variables.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import { clusterOf, factsOf } from '../harness/sample.ts'

test('docs/variables.md is up to date (npm run docs)', t => {
  t.is(readFileSync('docs/variables.md', 'utf8'), variablesReference())
})

test('docs/problems.md is up to date (npm run docs)', t => {
  t.is(readFileSync('docs/problems.md', 'utf8'), problemsPage(everyRule))
})

test('docs/findings.md is up to date (npm run docs)', t => {
  t.is(readFileSync('docs/findings.md', 'utf8'), findingsPage(everyCause))
})

test('the README states the right number of variables, and its inventories are valid', t => {
  const readme = readFileSync('README.md', 'utf8')
  t.true(readme.includes(`- ${variableNames.length} variables`))
  const blocks = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text)
  t.true(blocks.length > 0)
  for (const text of blocks) t.notThrows(() => planLaunch(factsOf(clusterOf(text))))
})

test('the inventory in the README is the example', t => {
  const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? []
  const { image, ...example } = load(readFileSync('inventory.example.yaml', 'utf8')) as { image: unknown }
  t.deepEqual(load(text), example)
  t.deepEqual(image, { name: 'mesos' })
})

for (const file of readdirSync('examples').filter(name => name.endsWith('.yaml'))) {
  test(`examples/${file} can be launched`, t => {
    t.notThrows(() => planLaunch(factsOf(clusterOf(readFileSync(`examples/${file}`, 'utf8')))))
  })
}

test('links between the documents are valid', t => {
  const files = [
    'README.md',
    'CONTRIBUTING.md',
    'packer/README.md',
    ...readdirSync('docs').map(file => `docs/${file}`),
  ]
  for (const file of files) {
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/\]\(([^)#]+)\)/g)) {
      t.notThrows(
        () => readdirOrFile(new URL(target, new URL(file, `file://${process.cwd()}/`))),
        `${file}: ${target}`,
      )
    }
  }
})

function readdirOrFile(url: URL): void {
  try {
    readFileSync(url)
  } catch {
    readdirSync(url)
  }
}
