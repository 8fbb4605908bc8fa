import test from 'ava'
import fc from 'fast-check'
import { inspect } from '../../scripts/check/inspect.ts'
import { loadTemplates } from '../../scripts/user-data/load-templates.ts'
import { readTemplates } from '../../scripts/user-data/template-files.ts'

const workshop = { sources: readTemplates(), templates: loadTemplates() }
const problemsIn = (text: string) =>
  inspect(
    { file: 'inventory.yaml', read: () => ({ file: 'inventory.yaml', text }) },
    { value: { vars: {} }, problems: [] },
    workshop,
  ).problems

// Far apart, so that no two ports are equal.
const ports = {
  mesos_leader_port: 5050,
  mesos_follower_port: 5151,
  mesos_zk_port: 2181,
  marathon_http_port: 8080,
}
const port = fc
  .constantFrom(...Object.entries(ports))
  .chain(([name, base]) => fc.integer({ min: base, max: base + 9 }).map(value => `${name}: ${value}`))
const setting = fc.oneof(
  port,
  fc.constantFrom('/var/log/mesos', '/srv/log', '/data/logs').map(path => `mesos_log_dir: ${path}`),
  fc.constantFrom('/srv/mesos', '/data/mesos').map(path => `mesos_work_dir: ${path}`),
  fc.constantFrom('mesos', 'prod/mesos').map(path => `mesos_zk_chroot: ${path}`),
  fc.integer({ min: 128, max: 4_096 }).map(mb => `zookeeper_heap_mb: ${mb}`),
  fc.constantFrom('5mins', '90secs').map(time => `mesos_executor_registration_timeout: ${time}`),
  fc.stringMatching(/^[A-Za-z ]{1,12}$/).map(name => `mesos_cluster: "x${name}"`),
)
/** Settings that all set different variables. */
const settings = fc.uniqueArray(setting, { maxLength: 5, selector: line => line.split(':')[0] ?? '' })
const noise = fc.constantFrom('', '# a comment', '', '# kommentar: é 😀 {')
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)

const pool = fc.record({
  name,
  min: fc.integer({ min: 0, max: 5 }),
  more: fc.integer({ min: 0, max: 9 }),
  rack: name,
})

/** A valid inventory, line by line. Values that all nodes must agree on are set at the top level only. */
const inventory = fc
  .record({
    cluster: name,
    vars: settings,
    count: fc.constantFrom(1, 3, 5),
    pools: fc.uniqueArray(pool, { maxLength: 3, selector: one => one.name }),
    noise: fc.array(noise, { minLength: 3, maxLength: 3 }),
    windows: fc.boolean(),
  })
  .filter(({ pools }) => pools.every(one => one.name !== 'leaders' && !one.name.startsWith('leader-')))
  .map(({ cluster, vars, count, pools, noise: [a = '', b = '', c = ''], windows }) => ({
    end: windows ? '\r\n' : '\n',
    lines: [
      a,
      `cluster: ${cluster}`,
      'region: eu-central-1 # here',
      b,
      'vars:',
      '  mesos_zk_dns: zookeeper.service.consul',
      ...vars.map(line => `  ${line}`),
      'groups:',
      c,
      '  leaders:',
      '    vars:',
      '      mesos_mode: leader',
      '      mesos_leader_options: { offer_timeout: 2mins }',
      `    count: ${count}`,
      '    instance_type: m6i.large',
      '    subnets: [subnet-a, subnet-b, subnet-c, subnet-d, subnet-e]',
      ...pools.flatMap(one => [
        `  ${one.name}:`,
        `    vars: { mesos_attributes: { rack: ${one.rack} } }`,
        `    min: ${one.min}`,
        `    max: ${one.min + one.more}`,
        '    subnets: [subnet-a]',
      ]),
    ],
  }))

/** A single mistake in a line: the kind of line, and the change. */
const mutations: readonly (readonly [what: string, line: RegExp, mutate: (line: string) => string])[] = [
  [
    'a misspelt key',
    /^ *(region|cluster|count|instance_type|subnets|min|max):/,
    line => line.replace(/(\w)(\w):/, '$2$1z:'),
  ],
  ['a misspelt variable', /^ {2}(mesos|marathon|zookeeper)_(?!zk_dns)\w+:/, line => line.replace(':', 'x:')],
  ['a variable of another type', /_port: \d/, line => line.replace(/\d+/, 'high')],
  ['a port out of range', /_port: \d/, line => line.replace(/\d+/, '70000')],
  // Without followers, their port is not in use.
  ['a port that is taken', /(leader|zk|http)_port: \d/, line => line.replace(/\d+/, '8600')],
  ['an even number of leaders', /count:/, line => line.replace(/\d/, '4')],
  ['bounds the wrong way round', /^ {4}min:/, line => line.replace(/\d+/, '99')],
  ['a misspelt flag', /offer_timeout/, line => line.replace('offer_timeout', 'offer_timeuot')],
  ['a flag of another type', /offer_timeout/, line => line.replace('2mins', '2')],
  ['a secret', /rack:/, line => line.replace(/rack: \w+/, 'password: hunter2')],
  ['a set for an attribute', /rack:/, line => line.replace(/rack: \w+/, 'rack: "{a}"')],
  ['state in memory', /mesos_work_dir/, line => line.replace(/\/.*/, '/dev/shm/x')],
  ['logs in memory', /mesos_log_dir/, line => line.replace(/\/.*/, '/run/x')],
  ['another architecture’s name', /instance_type/, line => line.replace('m6i.large', 'large')],
  ['a key without a value', /^ {2}(marathon|zookeeper)_/, line => line.replace(/:.*/, ':')],
  ['leaders in one zone', /subnet-e/, line => line.replace(/\[.*\]/, '[subnet-a]')],
]

test('nothing is reported for a valid inventory', t => {
  fc.assert(
    fc.property(inventory, ({ lines, end }) => t.deepEqual(problemsIn(lines.join(end)), [])),
    { numRuns: 150 },
  )
})

for (const [what, pattern, mutate] of mutations) {
  test(`${what} is reported at its line, and at no other`, t => {
    const seen = { mutated: 0 }
    fc.assert(
      fc.property(inventory, fc.nat(), ({ lines, end }, choice) => {
        const places = lines.flatMap((line, index) => (pattern.test(line) ? [index] : []))
        const place = places[choice % places.length]
        // A single leader cannot be spread across zones.
        if (place === undefined || (what === 'leaders in one zone' && lines.includes('    count: 1'))) return
        seen.mutated += 1
        const mutated = lines.map((line, index) => (index === place ? mutate(line) : line))
        const problems = problemsIn(mutated.join(end))
        t.true(problems.length > 0, mutated.join('\n'))
        for (const { line, code, message } of problems)
          t.is(line, place + 1, `${code} ${message}\n${mutated.join('\n')}`)
      }),
      { numRuns: 40 },
    )
    t.true(seen.mutated > 0)
  })
}
