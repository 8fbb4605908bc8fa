import test from 'ava'
import type { Overrides } from '../../scripts/cluster/cluster.ts'
import marathonFlags from '../../scripts/inventory/marathon-flags.json' with { type: 'json' }
import mesosFlags from '../../scripts/inventory/mesos-flags.json' with { type: 'json' }
import { sayProblem } from '../../scripts/inventory/problems.ts'
import { parseSettings, type Setting } from '../../scripts/inventory/settings.ts'
import { clusterOf, refusals } from '../harness/sample.ts'

const leaders = 'leaders: { vars: { mesos_mode: leader }, count: 3 }'
const groups = (...more: readonly string[]) => `groups:\n  ${[leaders, ...more].join('\n  ')}\n`
const vars = (...lines: readonly string[]) => `vars:\n  ${lines.join('\n  ')}\n${groups()}`
const web = (text: string) => groups(`web: { ${text} }`)
const lead = (text: string) => `groups: { leaders: { vars: { mesos_mode: leader }, ${text} } }\n`

/** Every mistake with every word that is said about it. */
const table: readonly (readonly [what: string, inventory: string, ...messages: readonly string[]])[] = [
  // The file
  [
    'an empty file',
    '',
    'holds no inventory: a map with the key groups is needed, see inventory.example.yaml',
  ],
  [
    'only comments',
    '# nothing\n\n',
    'holds no inventory: a map with the key groups is needed, see inventory.example.yaml',
  ],
  ['a list', '- a\n', 'holds no inventory: a map with the key groups is needed, see inventory.example.yaml'],
  ['broken YAML', 'groups:\n  a: b: c\n', ':2:7: not readable as YAML: bad indentation of a mapping entry'],
  [
    'a duplicate key',
    'region: us-east-1\nregion: us-east-2\n',
    ':2:1: not readable as YAML: duplicated mapping key',
  ],
  ['a duplicate group', 'groups:\n  a: {}\n  a: {}\n', ':3:3: not readable as YAML: duplicated mapping key'],
  [
    'a duplicate variable',
    'vars: { mesos_zk_port: 1, mesos_zk_port: 2 }\n',
    ':1:27: not readable as YAML: duplicated mapping key',
  ],

  // The image
  [
    'an image with wrong keys',
    `${groups()}image: { cgroups: v3, architectures: [x86_64], regions: [us-east-1, us-east-1], base: { amd64: debian } }\n`,
    'image.cgroups: must be one of v1, v2, got "v3"',
    'image.architectures: must be a list of amd64, arm64 or both, each once, got ["x86_64"]',
    'image.regions: must be a list of regions, each once, got ["us-east-1","us-east-1"]',
    'image.base: must be a map of amd64 and arm64 to the id of an image, such as ami-0a1b2c3d, got {"amd64":"debian"}',
  ],
  [
    'artifacts with wrong keys',
    `${groups()}image: { artifacts: [{ name: mesos, url: "http://a/b.deb" }, { name: nomad, url: "file:a", kind: rpm }] }\n`,
    'image.artifacts.0.url: must be https://…, or file:… with a path, relative ones to the inventory, got "http://a/b.deb"',
    'image.artifacts.0: has no kind; it must be one of deb, tar, zip',
    'image.artifacts.1.name: must be one of consul, mesos, marathon, java, got "nomad"',
    'image.artifacts.1.kind: must be one of deb, tar, zip, got "rpm"',
  ],
  [
    'an artifact with a password in its URL',
    `${groups()}image: { artifacts: [{ name: mesos, url: "https://me:secret@a/b.deb", kind: deb }] }\n`,
    'image.artifacts.0.url: carries a user or a password; put the file where it needs none, or use file:',
  ],
  [
    'an artifact that is there twice',
    `${groups()}image: { artifacts: [{ name: mesos, url: "file:a", kind: deb }, { name: mesos, url: "file:b", kind: deb, architecture: arm64 }] }\n`,
    'image.artifacts.1: is a second mesos, beside image.artifacts.0; remove one, or give each an architecture',
  ],

  // Keys and variables
  ['a misspelt key', `${groups()}regoin: us-east-1\n`, 'regoin: unknown key; did you mean "region"?'],
  [
    'an unknown key',
    `${groups()}zzz: 1\n`,
    'zzz: unknown key; known are cluster, region, target, instance_profile, permissions_boundary, user_data_bucket, tags, vars, groups, image',
  ],
  [
    'a variable outside vars',
    `${groups()}mesos_zk_port: 1\n`,
    'mesos_zk_port: is a variable; it belongs under vars',
  ],
  [
    'a misspelt variable',
    vars('mesos_zk_dsn: a.b'),
    'vars.mesos_zk_dsn: unknown variable; did you mean "mesos_zk_dns"?',
  ],
  ['an unknown variable', vars('completely_other: 1'), 'vars.completely_other: unknown variable'],
  [
    'the quorum',
    vars('mesos_quorum: 2'),
    "vars.mesos_quorum: can't be set: the quorum follows from the number of leaders",
  ],
  [
    'a wrong type',
    vars('mesos_leader_port: high'),
    'vars.mesos_leader_port: must be a port from 1 to 65535, got "high"',
  ],
  [
    'a port as text',
    vars('mesos_leader_port: "5050"'),
    'vars.mesos_leader_port: must be a port from 1 to 65535, got "5050"',
  ],
  [
    'a port out of range',
    vars('mesos_leader_port: 70000'),
    'vars.mesos_leader_port: must be a port from 1 to 65535, got 70000',
  ],
  ['port zero', vars('mesos_zk_port: 0'), 'vars.mesos_zk_port: must be a port from 1 to 65535, got 0'],
  [
    'a variable without a value',
    vars('mesos_zk_port:'),
    'vars.mesos_zk_port: must be a port from 1 to 65535, got null',
  ],
  [
    'another mode',
    vars('mesos_mode: master'),
    'vars.mesos_mode: must be one of leader, follower, mixed, got "master"',
  ],
  [
    'YAML 1.1 truth',
    vars('marathon_enabled: yes'),
    'vars.marathon_enabled: must be true or false, got "yes"',
  ],
  [
    'a chroot with a slash',
    vars('mesos_zk_chroot: /mesos'),
    'vars.mesos_zk_chroot: must be a ZooKeeper path without a leading slash, such as mesos or prod/mesos, got "/mesos"; write mesos',
  ],
  [
    'a pool beyond all bounds',
    web('max: 2000000'),
    'groups.web.max: must be a whole number, 0 or more, got 2000000; 1000000 at most',
  ],
  [
    'a number where text belongs',
    vars('mesos_zk_chroot: 42'),
    'vars.mesos_zk_chroot: must be a ZooKeeper path without a leading slash, such as mesos or prod/mesos, got 42; write "42"',
  ],
  [
    'ZooKeeper’s own chroot',
    vars('mesos_zk_chroot: zookeeper'),
    'vars.mesos_zk_chroot: must be a ZooKeeper path without a leading slash, such as mesos or prod/mesos, got "zookeeper"',
  ],
  [
    'a name with a port',
    vars('mesos_zk_dns: zk.example.com:2181'),
    'vars.mesos_zk_dns: must be a DNS name such as zookeeper.service.consul, got "zk.example.com:2181"; the port goes into mesos_zk_port',
  ],
  [
    'a relative path',
    vars('mesos_work_dir: var/mesos'),
    'vars.mesos_work_dir: must be an absolute path of letters, digits and . _ - + @ % /, got "var/mesos"',
  ],
  [
    'a program with arguments',
    vars('mesos_leader_cmd: mesos-master --ip=1'),
    'vars.mesos_leader_cmd: must be the name or the absolute path of a program, without arguments, got "mesos-master --ip=1"',
  ],
  [
    'a duration of another tool',
    vars('mesos_executor_registration_timeout: 10m'),
    'vars.mesos_executor_registration_timeout: must be a duration as Mesos writes it, such as 10mins, got "10m"',
  ],
  [
    'text on two lines',
    vars('mesos_cluster: "a\\nb"'),
    'vars.mesos_cluster: must be text on one line, without control characters, got "a\\nb"',
  ],
  [
    'a semicolon in an attribute',
    vars('mesos_attributes: { a: "b;c" }'),
    'vars.mesos_attributes: must be a map of names to text or numbers without semicolons, such as { rack: r1 }, got {"a":"b;c"}',
  ],

  // Flags
  [
    'an unknown flag',
    vars('mesos_leader_options: { offer_timeuot: 2mins }'),
    'vars.mesos_leader_options.offer_timeuot: unknown flag of mesos-master; did you mean "offer_timeout"?',
  ],
  [
    'an agent’s flag on a master',
    vars('mesos_leader_options: { gc_delay: 1days }'),
    'vars.mesos_leader_options.gc_delay: unknown flag of mesos-master; it belongs under mesos_follower_options',
  ],
  [
    'a flag of another type',
    vars('mesos_follower_options: { gc_delay: 1 }'),
    'vars.mesos_follower_options.gc_delay: must be a duration such as 10secs or 5mins, got 1',
  ],
  [
    'a switch that is text',
    vars('mesos_follower_options: { strict: "no" }'),
    'vars.mesos_follower_options.strict: must be true or false, got "no"',
  ],
  [
    'a negative count',
    vars('mesos_leader_options: { max_completed_frameworks: -1 }'),
    'vars.mesos_leader_options.max_completed_frameworks: must be a whole number, 0 or more, got -1',
  ],
  [
    'a value that isn’t one of few',
    vars('mesos_follower_options: { launcher: docker }'),
    'vars.mesos_follower_options.launcher: must be one of linux, posix, got "docker"',
  ],
  [
    'a flag that a variable sets',
    vars('mesos_leader_options: { port: 1 }'),
    "vars.mesos_leader_options.port: can't be set as an option: set mesos_leader_port",
  ],
  [
    'the quorum as a flag',
    vars('mesos_leader_options: { quorum: 1 }'),
    "vars.mesos_leader_options.quorum: can't be set as an option: it follows from the number of leaders",
  ],
  [
    'an address',
    vars('mesos_follower_options: { ip: 10.0.0.1 }'),
    "vars.mesos_follower_options.ip: can't be set as an option: the machine finds it out at boot",
  ],
  [
    'a secret',
    vars('marathon_options: { http_credentials: "a:b" }'),
    "vars.marathon_options.http_credentials: can't be set as an option: it would put a secret into user-data, which every process on the machine can read",
  ],
  [
    'a flag and its older name',
    vars('mesos_leader_options: { agent_ping_timeout: 5secs, slave_ping_timeout: 5secs }'),
    'vars.mesos_leader_options.slave_ping_timeout: is the older name of agent_ping_timeout, which is set too; keep one of them',
  ],
  [
    'flags that aren’t a map',
    vars('marathon_options: [a]'),
    'vars.marathon_options: must be a map of flags to values, such as { offer_timeout: 2mins }, got ["a"]',
  ],

  // Names
  [
    'an illegal cluster name',
    `cluster: My_Cluster\n${groups()}`,
    'cluster: must be a name of 1 to 32 lower-case letters, digits and hyphens that starts with a letter and ends without a hyphen, got "My_Cluster"',
  ],
  [
    'an illegal group name',
    groups('"a b": {}'),
    'groups.a b: must be a name of 1 to 32 lower-case letters, digits, hyphens and underscores that starts with a letter and ends without a hyphen, got "a b"',
  ],
  [
    'a group named like a seat',
    `cluster: c\n${groups('leader-2: {}')}`,
    'groups.leader-2: is the name of a seat; choose another',
  ],

  // Leaders
  [
    'no groups',
    'cluster: c\n',
    'groups: no group leads; give one group vars: { mesos_mode: leader } or mixed',
  ],
  [
    'no leading group',
    'groups: { a: {} }\n',
    'groups: no group leads; give one group vars: { mesos_mode: leader } or mixed',
  ],
  [
    'two leading groups',
    groups('more: { vars: { mesos_mode: mixed } }'),
    'groups.more: leads, and so does leaders; only one group may be leader or mixed',
  ],
  ['an even number of leaders', lead('count: 4'), 'groups.leaders.count: must be odd, got 4; use 3 or 5'],
  ['two leaders', lead('count: 2'), 'groups.leaders.count: must be odd, got 2; use 1 or 3'],
  ['no leaders', lead('count: 0'), 'groups.leaders.count: must be odd, got 0; use 1 or 3'],
  [
    'half a leader',
    lead('count: 2.5'),
    'groups.leaders.count: must be a whole number from 0 to 255, got 2.5',
  ],
  [
    'bounds for leaders',
    lead('min: 1, max: 3'),
    'groups.leaders.min: is for followers; leaders take count',
    'groups.leaders.max: is for followers; leaders take count',
  ],
  ['a seat too many', lead('seats: { 4: {} }'), 'groups.leaders.seats.4: there are only seats 1 to 3'],
  [
    'a seat without a number',
    lead('seats: { first: {} }'),
    'groups.leaders.seats.first: must be the number of a seat, 1 or more',
  ],
  [
    'a seat with a mode',
    lead('seats: { 1: { vars: { mesos_mode: mixed } } }'),
    'groups.leaders.seats.1.vars.mesos_mode: is the same for a whole group; set it there',
  ],
  [
    'a seat of another architecture',
    lead('seats: { 1: { instance_type: m6g.large } }'),
    "groups.leaders.seats.1.instance_type: m6g.large is arm64, its group's m6i.large is amd64; one image serves a group",
  ],

  // Followers
  ['a count for followers', web('count: 2'), 'groups.web.count: is for leaders; followers take min and max'],
  [
    'seats for followers',
    web('seats: { 1: {} }'),
    'groups.web.seats: is for leaders; followers have no seats',
  ],
  ['min above max', web('min: 5, max: 2'), 'groups.web.min: min 5 is above max 2; swap them or raise max'],
  ['a negative min', web('min: -1'), 'groups.web.min: must be a whole number, 0 or more, got -1'],

  // Across nodes
  [
    'a port used twice',
    vars('mesos_leader_port: 2181'),
    'vars.mesos_leader_port: is 2181, and so is mesos_zk_port; the ports of one node must differ',
  ],
  [
    'Marathon on ZooKeeper’s admin port',
    vars('marathon_http_port: 8181'),
    'vars.marathon_http_port: is 8181, and so is zookeeper_admin_port; the ports of one node must differ',
  ],
  [
    'a variable on which nodes don’t agree',
    groups('web: { vars: { mesos_zk_port: 2182 } }'),
    'groups.web.vars.mesos_zk_port: is 2182 here and 2181 in groups.leaders; all nodes must agree on it, so set it under vars',
  ],
  [
    'a seat that doesn’t agree',
    lead('seats: { 2: { vars: { mesos_zk_chroot: other } } }'),
    'groups.leaders.seats.2.vars.mesos_zk_chroot: is "other" here and "mesos" in groups.leaders; all nodes must agree on it, so set it under vars',
  ],
  [
    'one directory for two things',
    vars('mesos_runtime_dir: /var/run/mesos'),
    'vars.mesos_runtime_dir: is the same directory as mesos_work_dir; each needs its own',
  ],

  // EC2
  [
    'a subnet that can’t be one',
    web('subnets: [vpc-1]'),
    'groups.web.subnets: must be a list of subnet ids, each once, got ["vpc-1"]',
  ],
  [
    'an instance type that can’t be one',
    web('instance_type: large'),
    'groups.web.instance_type: must be an EC2 instance type such as m6i.large, got "large"',
  ],
  [
    'an image that can’t be one',
    `${groups()}image: { id: debian-12 }\n`,
    'image.id: must be the id of an image, such as ami-0a1b2c3d, got "debian-12"',
  ],
  [
    'a tag of ours',
    `${groups()}tags: { "mesos-bakery:seat": "1" }\n`,
    'tags: must be a map of at most 40 tags to text of letters, digits, spaces and _ . : / = + - @; their names differ by more than case, and are not Name, aws:… or mesos-bakery:…, got {"mesos-bakery:seat":"1"}',
  ],
  ['another target', `${groups()}target: gcp\n`, 'target: must be one of aws, local, got "gcp"'],
  ['a group that isn’t a map', groups('web: 5'), 'groups.web: must be a map, got 5'],

  // What daemons, EC2 or IAM would refuse later
  [
    'a name of ZooKeeper that Consul doesn’t serve',
    vars('mesos_zk_dns: zk.example.com'),
    'vars.mesos_zk_dns: mesos_zk_dns zk.example.com is no service of this Consul, and the leaders run ZooKeeper; set mesos_zk_dns: zookeeper.service.consul, or zookeeper_enabled: false',
  ],
  [
    'another domain of Consul alone',
    vars('consul_domain: mesos.internal'),
    'vars.consul_domain: mesos_zk_dns zookeeper.service.consul is no service of this Consul, and the leaders run ZooKeeper; set mesos_zk_dns: zookeeper.service.mesos.internal, or zookeeper_enabled: false',
  ],
  [
    'ZooKeeper under the name of Mesos',
    vars('mesos_zk_dns: mesos.service.consul'),
    'vars.mesos_zk_dns: mesos_zk_dns mesos.service.consul is the name of another service; set mesos_zk_dns: zookeeper.service.consul, or zookeeper_enabled: false',
  ],
  [
    'the resolver’s port',
    vars('consul_dns_port: 53'),
    "vars.consul_dns_port: 53 is the resolver's; choose another",
  ],
  [
    'one directory by two names',
    vars('mesos_runtime_dir: /run/mesos/'),
    'vars.mesos_runtime_dir: is the same directory as mesos_work_dir; each needs its own',
  ],
  [
    'no containerizer',
    vars('mesos_containerizers: []'),
    'vars.mesos_containerizers: must be a list of names such as [docker, mesos], got []',
  ],
  [
    'an empty flag',
    vars('marathon_options: { webui_url: "" }'),
    'vars.marathon_options.webui_url: must be text, got ""',
  ],
  [
    'infinity',
    vars('mesos_follower_options: { gc_disk_headroom: .inf }'),
    'vars.mesos_follower_options.gc_disk_headroom: must be a number with an end, got Infinity',
  ],
  [
    'infinity in JSON',
    vars('mesos_leader_options: { rate_limits: { limits: [{ qps: .nan }] } }'),
    'vars.mesos_leader_options.rate_limits.limits.0.qps: must be a number with an end, got NaN',
  ],
  [
    'an alias that leads back',
    'groups: &g { a: *g }\n',
    'groups.a: aliases lead back to themselves, or multiply without bound; write the value out',
  ],
  [
    'registry credentials',
    vars('mesos_follower_options: { docker_config: { auths: { x: { auth: aGk= } } } }'),
    'vars.mesos_follower_options.docker_config: must be the path of a file on the machine, since it holds a secret',
  ],
  [
    'an API key',
    vars('marathon_options: { metrics_datadog_api_key: abc }'),
    "vars.marathon_options.metrics_datadog_api_key: can't be set as an option: it would put a secret into user-data, which every process on the machine can read",
  ],
  [
    'a subnet twice',
    web('subnets: [subnet-a, subnet-a]'),
    'groups.web.subnets: must be a list of subnet ids, each once, got ["subnet-a","subnet-a"]',
  ],
  [
    'tags that differ by case only',
    `${groups()}tags: { Team: a, team: b }\n`,
    'tags: must be a map of at most 40 tags to text of letters, digits, spaces and _ . : / = + - @; their names differ by more than case, and are not Name, aws:… or mesos-bakery:…, got {"Team":"a","team":"b"}',
  ],
  [
    'a tag that is ours on every thing',
    `${groups()}tags: { name: x }\n`,
    'tags: must be a map of at most 40 tags to text of letters, digits, spaces and _ . : / = + - @; their names differ by more than case, and are not Name, aws:… or mesos-bakery:…, got {"name":"x"}',
  ],
  [
    'a tag that IAM refuses',
    `${groups()}tags: { a: "b#c" }\n`,
    'tags: must be a map of at most 40 tags to text of letters, digits, spaces and _ . : / = + - @; their names differ by more than case, and are not Name, aws:… or mesos-bakery:…, got {"a":"b#c"}',
  ],
  [
    'a path that no file of ours can carry',
    vars('zookeeper_data_dir: /srv/zoö'),
    'vars.zookeeper_data_dir: must be an absolute path of letters, digits and . _ - + @ % /, got "/srv/zoö"',
  ],

  // All at once
  [
    'several mistakes',
    `regoin: x\nvars: { mesos_zk_prot: 1, mesos_leader_port: 0 }\ngroups: { a: { cuont: 3 } }\n`,
    'regoin: unknown key; did you mean "region"?',
    'vars.mesos_zk_prot: unknown variable; did you mean "mesos_zk_port"?',
    'vars.mesos_leader_port: must be a port from 1 to 65535, got 0',
    'groups.a.cuont: unknown key; did you mean "count"?',
    'groups: no group leads; give one group vars: { mesos_mode: leader } or mixed',
  ],
]

for (const [what, inventory, ...messages] of table) {
  test(`${what} is refused, with the place and the way out`, t => {
    const said = refusals(() => clusterOf(inventory)).map(line => line.replace(/^inventory\.yaml(: )?/, ''))
    t.deepEqual(said, messages)
  })
}

const flags: readonly (readonly [
  what: string,
  overrides: Omit<Overrides, 'vars'>,
  ...messages: readonly string[],
])[] = [
  ['an even number', { leaders: 4 }, '--leaders: must be odd, got 4; use 3 or 5'],
  ['none', { leaders: 0 }, '--leaders: must be odd, got 0; use 1 or 3'],
  [
    'min above max',
    { followers: { pool: undefined, min: 5, max: 2 } },
    '--followers: min 5 is above max 2; swap them or raise max',
  ],
  [
    'an unknown pool',
    { followers: { pool: 'wbe', min: 1, max: 1 } },
    '--followers: no group of followers is named wbe; did you mean "web"?',
  ],
]

for (const [what, overrides, ...messages] of flags) {
  test(`on the command line, ${what} is refused in the same words`, t => {
    const said = refusals(() => clusterOf(web('min: 1'), { vars: {}, ...overrides }))
    t.deepEqual(said, messages)
  })
}

test('no flag that holds a secret takes one', t => {
  const secret = /secret|passw|api_key|sentry$|credential|docker_config/
  const daemons = {
    mesos_leader_options: mesosFlags.master,
    mesos_follower_options: mesosFlags.agent,
    ...{ marathon_options: marathonFlags.marathon },
  }
  // The names of what reads secrets, not secrets.
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

test('what a variable sets can’t be set as a flag too', t => {
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
      t.true(said.includes(`${name}: can't be set as an option: `), `${variable}.${name}: ${said}`)
    }
  }
})

test('keys with a meaning in JavaScript are keys like any other', t => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    t.is(refusals(() => clusterOf(`${groups()}${name}: 1\n`)).length, 1, name)
    t.is(refusals(() => clusterOf(vars(`${name}: 1`))).length, 1, name)
    t.is(refusals(() => clusterOf(vars(`mesos_leader_options: { ${name}: 1 }`))).length, 1, name)
  }
})

test('--followers needs a name where there are several pools, and a pool where there are none', t => {
  const followers = { pool: undefined, min: 3, max: 3 }
  t.deepEqual(
    refusals(() => clusterOf(groups('a: {}', 'b: {}'), { vars: {}, followers })),
    ['--followers: there are 2 groups of followers; say which one: --followers a=3'],
  )
  t.deepEqual(
    refusals(() => clusterOf(groups(), { vars: {}, followers })),
    ['--followers: there is no group of followers to size'],
  )
})

test('--set is checked like the inventory, and reads a value as its variable wants it', t => {
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
