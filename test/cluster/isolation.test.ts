import test from 'ava'
import { examine } from '../../scripts/cluster/resolve.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'

const problemsOf = (top: string, web = '{}', leader = '{}') =>
  examine(
    parseInventory(
      `${top}
groups:
  leaders: { vars: { mesos_mode: leader }, count: 3, seats: { 2: { vars: ${leader} } } }
  web: { min: 1, vars: ${web} }
  batch: { min: 1 }
`,
      'inventory.yaml',
    ),
  ).problems

// Without the rules for cgroups.
const codesOf = (...texts: Parameters<typeof problemsOf>) =>
  problemsOf(...texts)
    .map(({ code }) => code)
    .filter(code => code !== 'W003')

const v1 = 'image: { cgroups: v1 }'
const v2 = (version: string) =>
  `image: { cgroups: v2, artifacts: [{ name: mesos, url: "https://m.example.com/m.deb", kind: deb, version: ${version} }] }`

/** The settings of an agent in the pool web, and the codes of the problems. */
const agents: readonly (readonly [top: string, web: string, ...codes: readonly string[]])[] = [
  [v1, '{ mesos_isolation: [cgroups/cpu, cgroups/mem, filesystem/linux, docker/runtime] }'],
  [v1, '{ mesos_isolation: [cgroups, process, posix/disk] }'],
  [v1, '{ mesos_isolation: [cgroup/cpu] }', 'E090'],
  [v1, '{ mesos_isolation: [windows/cpu] }', 'E090'],
  [v1, '{ mesos_isolation: [toString] }', 'E090'],
  [v1, '{ mesos_isolation: [mine], mesos_follower_options: { modules: /etc/modules.json } }'],
  [v1, '{ mesos_isolation: [mine], mesos_follower_options: { modules_dir: /etc/modules } }'],
  [v1, '{ mesos_isolation: [posix/cpu, posix/cpu] }', 'E090'],
  [v1, '{ mesos_containerizers: [docker, mesos] }'],
  [v1, '{ mesos_containerizers: [docker, docker] }', 'E091'],
  [v1, '{ mesos_containerizers: [Docker, mesos] }', 'E091'],
  // Docker alone provides no isolation, so the only problem with isolators is that they are set.
  [v1, '{ mesos_containerizers: [docker], mesos_isolation: [mine] }', 'W022'],
  [v1, '{ mesos_isolation: [filesystem/linux, filesystem/posix] }', 'E092'],
  [v1, '{ mesos_isolation: [filesystem/linux, namespaces/pid, volume/secret] }'],
  [v1, '{ mesos_isolation: [namespaces/pid] }', 'E092'],
  [v1, '{ mesos_isolation: [filesystem/linux], mesos_follower_options: { launcher: posix } }', 'E092'],
  [v2('1.11.0-0.7.1'), '{ mesos_isolation: [filesystem/linux] }', 'E092'],
  [
    v2('1.11.0-0.7.1'),
    '{ mesos_isolation: [filesystem/linux], mesos_follower_options: { launcher: linux } }',
  ],
  ['image: { id: ami-0123456789abcdef0 }', '{ mesos_isolation: [filesystem/linux] }'],
  [v1, '{ mesos_isolation: [network/cni, network/ports] }', 'W021'],
  [v1, '{ mesos_isolation: [network/cni, network/port_mapping] }', 'E092', 'E092', 'W021'],
  [
    v1,
    '{ mesos_isolation: [network/port_mapping], mesos_resources: { ephemeral_ports: "[61000-62023]" } }',
    'W021',
  ],
  [v1, '{ mesos_isolation: [linux/seccomp] }', 'E092', 'W021'],
  [
    v1,
    '{ mesos_isolation: [linux/seccomp], mesos_follower_options: { seccomp_config_dir: /etc/seccomp } }',
    'W004',
    'W021',
  ],
  [v1, '{ mesos_isolation: [filesystem/linux, volume/csi] }', 'E092'],
  [
    v1,
    '{ mesos_isolation: [filesystem/linux, volume/csi], mesos_follower_options: { csi_plugin_config_dir: /etc/csi } }',
  ],
  [v1, '{ mesos_isolation: [filesystem/linux, gpu/nvidia] }', 'E092', 'W021'],
  [v1, '{ mesos_isolation: [filesystem/linux, gpu/nvidia, cgroups/all] }', 'W021'],
  [
    v1,
    '{ mesos_isolation: [filesystem/linux, gpu/nvidia, cgroups/all], mesos_resources: { gpus: 1 } }',
    'E092',
    'W021',
  ],
  [
    v1,
    '{ mesos_isolation: [filesystem/linux, gpu/nvidia, cgroups/all], mesos_resources: { gpus: 0 } }',
    'W021',
  ],
  [
    v1,
    '{ mesos_isolation: [filesystem/linux, gpu/nvidia, cgroups/all], mesos_resources: { gpus: 2 }, mesos_follower_options: { nvidia_gpu_devices: [0, 0] } }',
    'E092',
    'W021',
  ],
  [
    v1,
    '{ mesos_isolation: [filesystem/linux, gpu/nvidia, cgroups/all], mesos_resources: { gpus: 2 }, mesos_follower_options: { nvidia_gpu_devices: [0, 3] } }',
    'W021',
  ],
  [v1, '{ mesos_isolation: [docker/volume] }', 'W021'],
  ['image: { id: ami-0123456789abcdef0 }', '{ mesos_isolation: [docker/volume] }'],
  [v1, '{ mesos_follower_options: { image_providers: APPC } }', 'E098'],
  [v1, '{ mesos_isolation: [filesystem/linux], mesos_follower_options: { image_providers: APPC } }'],
  [
    v1,
    '{ mesos_isolation: [filesystem/linux], mesos_follower_options: { image_providers: docker } }',
    'E098',
  ],
  [
    v1,
    '{ mesos_isolation: [filesystem/linux, docker/runtime], mesos_follower_options: { image_providers: docker } }',
  ],
  [v1, '{ mesos_follower_options: { network_cni_config_dir: /etc/cni } }', 'E098'],
  [v1, '{ mesos_follower_options: { network_cni_config_dir: /etc/cni, network_cni_plugins_dir: /opt/cni } }'],
  [v1, '{ mesos_isolation: [disk/xfs] }', 'W021', 'W021'],
  [v1, '{ mesos_follower_options: { cgroups_enable_cfs: true } }', 'W022'],
  [v1, '{ mesos_follower_options: { cgroups_enable_cfs: false } }'],
  [v1, '{ mesos_follower_options: { cgroups_enable_cfs: true }, mesos_containerizers: [docker, mesos] }'],
  [v1, '{ mesos_follower_options: { cgroups_enable_cfs: true }, mesos_isolation: [cgroups/cpu] }'],
  [v1, '{ mesos_follower_options: { docker_stop_timeout: 5secs } }', 'W022'],
]

for (const [top, web, ...codes] of agents) {
  test(`an agent with ${web}${top === v1 ? '' : ` and ${top}`} ${codes.length === 0 ? 'starts' : codes.join(' ')}`, t => {
    t.deepEqual(codesOf(top, web).toSorted(), codes.toSorted())
  })
}

test('a flag that one group uses may be set for all', t => {
  const all = 'vars: { mesos_follower_options: { docker_stop_timeout: 5secs } }'
  t.deepEqual(codesOf(all), ['W022', 'W022'])
  t.deepEqual(codesOf(all, '{ mesos_containerizers: [docker, mesos] }'), [])
})

const domain = (region: string) => `{ fault_domain: { region: { name: ${region} }, zone: { name: a } } }`
const leaders = (options: string) => `vars: { mesos_leader_options: ${options} }`

/** The settings of the masters, of seat 2 and of the pool web, and the codes. */
const daemons: readonly (readonly [top: string, seat: string, web: string, ...codes: readonly string[]])[] = [
  [leaders('{ authenticate_agents: true, credentials: /c }'), '{}', '{}', 'E096', 'E096', 'E096', 'E096'],
  [
    `vars: { mesos_follower_options: { credential: /c }, mesos_leader_options: { authenticate_agents: true, credentials: /c } }`,
    '{}',
    '{}',
  ],
  [leaders('{ authenticate_frameworks: true, credentials: /c }'), '{}', '{}', 'E096', 'E096'],
  [
    `vars: { marathon_enabled: false, mesos_leader_options: { authenticate_frameworks: true, credentials: /c } }`,
    '{}',
    '{}',
  ],
  [
    `vars: { marathon_options: { mesos_authentication: true, mesos_authentication_principal: m }, mesos_leader_options: { authenticate: true, credentials: /c } }`,
    '{}',
    '{}',
  ],
  // A master without credentials refuses agents and frameworks that authenticate.
  ['vars: { mesos_follower_options: { credential: /c } }', '{}', '{}', 'E096', 'E096', 'E096', 'E096'],
  [
    `vars: { mesos_follower_options: { credential: /c }, mesos_leader_options: { credentials: /c } }`,
    '{}',
    '{}',
  ],
  [
    'vars: { marathon_options: { mesos_authentication: true, mesos_authentication_principal: m } }',
    '{}',
    '{}',
    'E096',
    'E096',
  ],
  [leaders('{ authenticate_http_readonly: true, credentials: /c }'), '{}', '{}', 'W024', 'W024'],
  [leaders('{ authenticate_http_readwrite: true, credentials: /c }'), '{}', '{}'],
  [
    'vars: { mesos_follower_options: { authenticate_http_readonly: true, http_credentials: /c } }',
    '{}',
    '{}',
    'W024',
    'W024',
  ],
  [
    leaders('{ firewall_rules: { disabled_endpoints: { paths: [/files/browse, /metrics/snapshot] } } }'),
    '{}',
    '{}',
    'W024',
    'W024',
  ],
  [leaders('{ firewall_rules: { disabled_endpoints: { paths: [/files/browse] } } }'), '{}', '{}'],
  [leaders('{ acls: { permissive: false } }'), '{}', '{}', 'W024', 'W024'],
  [leaders('{ acls: { permissive: true } }'), '{}', '{}'],
  ['vars: { marathon_options: { disable_http: true, ssl_keystore_path: /k } }', '{}', '{}', 'W024', 'W024'],
  [leaders(`{ domain: ${domain('a')} }`), '{}', `{ mesos_follower_options: { domain: ${domain('b')} } }`],
  ['', '{}', `{ mesos_follower_options: { domain: ${domain('b')} } }`, 'E096', 'E096'],
  [
    leaders(`{ require_agent_domain: true, domain: ${domain('a')} }`),
    '{}',
    '{}',
    'E096',
    'E096',
    'E096',
    'E096',
  ],
  [
    leaders(`{ domain: ${domain('a')} }`),
    `{ mesos_leader_options: { domain: ${domain('b')} } }`,
    '{}',
    'E096',
  ],
  [leaders('{ roles: prod }'), '{}', '{}'],
  ['vars: { mesos_leader_options: { roles: prod }, marathon_options: { mesos_role: prod } }', '{}', '{}'],
  [
    'vars: { mesos_leader_options: { roles: prod }, marathon_options: { mesos_role: dev } }',
    '{}',
    '{}',
    'E096',
    'E096',
  ],
  ['vars: { marathon_options: { ha: false } }', '{}', '{}', 'E096', 'E096'],
  ['vars: { marathon_options: { ha: true } }', '{}', '{}'],
  [leaders('{ registry: in_memory }'), '{}', '{}', 'W023', 'W023'],
  ['vars: { marathon_options: { internal_store_backend: mem } }', '{}', '{}', 'W023', 'W023'],
]

for (const [top, seat, web, ...codes] of daemons) {
  test(`masters with ${top}, seat 2 with ${seat} and agents with ${web}: ${codes[0] ?? 'fine'}`, t => {
    t.deepEqual(codesOf(top, web, seat), codes)
  })
}
