import test from 'ava'
import type { Overrides } from '../../scripts/cluster/cluster.ts'
import marathonFlags from '../../scripts/inventory/marathon-flags.json' with { type: 'json' }
import mesosFlags from '../../scripts/inventory/mesos-flags.json' with { type: 'json' }
import { sayProblem } from '../../scripts/inventory/problems.ts'
import { parseSettings, type Setting } from '../../scripts/inventory/settings.ts'
import { clusterOf, refusals } from '../harness/sample.ts'

const leaders = 'leaders: { vars: { mesos_mode: leader }, count: 3 }'
const groups = (...more: readonly string[]) => `groups:\n  ${[leaders, ...more].join('\n  ')}\n`
const vars = (line: string) => `vars:\n  ${line}\n${groups()}`

const tagsOf = (count: number) => Array.from({ length: count }, (_, index) => `t${index}: a`).join(', ')

/** Values just out of bounds, and where they are reported. The messages are in test/cases/bad. */
const outOfBounds: readonly (readonly [inventory: string, place: string])[] = [
  [vars('mesos_leader_port: high'), 'vars.mesos_leader_port'],
  [vars('mesos_leader_port: 0'), 'vars.mesos_leader_port'],
  [vars('mesos_leader_port: 65536'), 'vars.mesos_leader_port'],
  [vars('mesos_zk_chroot: zookeeper'), 'vars.mesos_zk_chroot'],
  [vars('zookeeper_data_dir: /srv/zoö'), 'vars.zookeeper_data_dir'],
  [groups('web: { subnets: [subnet-a, subnet-a] }'), 'groups.web.subnets.1'],
  [`tags: { Team: a, team: b }\n${groups()}`, 'tags.team'],
  [`tags: { name: a }\n${groups()}`, 'tags.name'],
  [`tags: { a: "b#c" }\n${groups()}`, 'tags.a'],
  [`tags: { a: AWS:b }\n${groups()}`, 'tags.a'],
  [`tags: { Aws:a: b }\n${groups()}`, 'tags.Aws:a'],
  [`tags: { a: ${'b'.repeat(257)} }\n${groups()}`, 'tags.a'],
  [`tags: { ${'a'.repeat(129)}: b }\n${groups()}`, `tags.${'a'.repeat(129)}`],
  [`tags: { ${tagsOf(41)} }\n${groups()}`, 'tags'],
]

for (const [inventory, place] of outOfBounds) {
  test(`${inventory.replace(groups(), '').trim()} is refused`, t => {
    const said = refusals(() => clusterOf(inventory))
    t.is(said.length, 1)
    t.true(said[0]?.startsWith(`inventory.yaml: ${place}: must `), said[0])
  })
}

const inBounds = [
  `tags: { a: ${'b'.repeat(256)}, ${'a'.repeat(128)}: b, "x aws:": "y aws:", names: n, Environment/x: "" }`,
  `tags: { ${tagsOf(40)} }`,
]

for (const line of inBounds) {
  test(`${line.slice(0, 40)} is accepted`, t => {
    t.deepEqual(
      refusals(() => clusterOf(`${line}\n${groups()}`)),
      [],
    )
  })
}

const followers = { pool: undefined, min: 3, max: 3 }

/** Options of the command line that an inventory cannot contain. */
const options: readonly (readonly [
  overrides: Omit<Overrides, 'vars'>,
  pools: readonly string[],
  message: string,
])[] = [
  [{ leaders: 4 }, [], '--leaders: must be odd, got 4; use 3 or 5'],
  [{ leaders: 0 }, [], '--leaders: must be odd, got 0; use 1 or 3'],
  [
    { followers: { ...followers, min: 5, max: 2 } },
    ['web'],
    '--followers: min 5 is greater than max 2; lower min or raise max',
  ],
  [
    { followers: { ...followers, pool: 'wbe' } },
    ['web'],
    '--followers: there is no follower group named wbe; did you mean "web"?',
  ],
  [
    { followers },
    ['a', 'b'],
    '--followers: the inventory has 2 follower groups; name one of them: --followers a=3',
  ],
  [{ followers }, [], '--followers: the inventory has no follower group to resize'],
]

for (const [overrides, pools, message] of options) {
  test(message, t => {
    const inventory = groups(...pools.map(name => `${name}: { min: 1 }`))
    t.deepEqual(
      refusals(() => clusterOf(inventory, { vars: {}, ...overrides })),
      [message],
    )
  })
}

test('flags that contain a secret are refused', t => {
  const secret = /secret|passw|api_key|sentry$|credential|docker_config/
  const daemons = {
    mesos_leader_options: mesosFlags.master,
    mesos_follower_options: mesosFlags.agent,
    ...{ marathon_options: marathonFlags.marathon },
  }
  // Names of settings that refer to secrets, but are not secrets.
  const harmless = ['secret_resolver', 'mesos_authentication_secret_file']
  for (const [variable, flags] of Object.entries(daemons)) {
    const names = Object.keys(flags).filter(name => secret.test(name) && !harmless.includes(name))
    t.true(names.length > 0, variable)
    for (const name of names) {
      const said = refusals(() => clusterOf(vars(`${variable}: { ${name}: hunter2 }`)))
      t.is(said.length, 1, name)
      t.false(said[0]?.includes('hunter2'), name)
    }
  }
})

test('a flag that a variable sets cannot be set as an option', t => {
  const taken = {
    mesos_leader_options: ['zk', 'port', 'cluster', 'quorum', 'log_dir', 'work_dir', 'ip', 'hostname'],
    mesos_follower_options: [
      'master',
      'port',
      'log_dir',
      'work_dir',
      'attributes',
      'resources',
      'isolation',
      'containerizers',
    ],
    marathon_options: ['master', 'zk', 'http_port', 'hostname'],
  }
  for (const [variable, names] of Object.entries(taken)) {
    for (const name of names) {
      const [said = ''] = refusals(() => clusterOf(vars(`${variable}: { ${name}: x }`)))
      t.true(said.includes(`${name}: cannot be set as an option: `), `${variable}.${name}: ${said}`)
    }
  }
})

test('keys with a special meaning in JavaScript are ordinary keys', t => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    t.is(refusals(() => clusterOf(`${groups()}${name}: 1\n`)).length, 1, name)
    t.is(refusals(() => clusterOf(vars(`${name}: 1`))).length, 1, name)
    t.is(refusals(() => clusterOf(vars(`mesos_leader_options: { ${name}: 1 }`))).length, 1, name)
  }
})

test('--set is checked like the inventory, and its value is parsed according to the type of the variable', t => {
  const set = (...settings: readonly Setting[]) => parseSettings(settings)
  t.deepEqual(
    set(['mesos_leader_port', '5060'], ['mesos_cluster', '7'], ['marathon_enabled', 'false']).value,
    {
      mesos_leader_port: 5060,
      mesos_cluster: '7',
      marathon_enabled: false,
    },
  )
  t.deepEqual(set(['mesos_attributes', '{ rack: r2 }']).value, { mesos_attributes: { rack: 'r2' } })
  t.deepEqual(set(['mesos_zk_port', '1'], ['mesos_zk_port', '2']).value, { mesos_zk_port: 2 })
  t.deepEqual(set(['mesos_zk_prot', '1'], ['mesos_leader_port', 'x']).problems.map(sayProblem), [
    '--set mesos_zk_prot: unknown variable; did you mean "mesos_zk_port"?',
    '--set mesos_leader_port: must be a port from 1 to 65535, got "x"',
  ])
})
