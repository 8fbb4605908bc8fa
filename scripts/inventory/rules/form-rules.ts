import type { RuleText } from './rule.ts'

const leaders = 'groups: { leaders: { vars: { mesos_mode: leader } } }'

/** Rules about what may be written at all, in the order in which they are checked. */
export const formRules: readonly RuleText[] = [
  {
    code: 'E001',
    sentence: 'The inventory must be valid YAML.',
    why: 'A file that cannot be parsed cannot be checked any further. Duplicate keys are not valid either: one of the two values would be silently lost.',
    example: 'region: us-east-1\nregion: us-east-2',
  },
  {
    code: 'E002',
    sentence: 'The inventory must be a map with the key `groups`.',
    why: 'An empty file describes no cluster.',
    example: '- mesos_leaders\n- mesos_followers',
  },
  {
    code: 'E003',
    sentence: 'Aliases must not refer to themselves.',
    why: 'An alias inside its own anchor expands without end, and nested aliases can expand until memory is exhausted.',
    example: 'groups: &all\n  web: *all',
  },
  {
    code: 'E004',
    sentence: 'Numbers must be finite.',
    why: 'YAML can express infinity and “not a number”, but no daemon accepts them.',
    example: `vars: { mesos_follower_options: { gc_disk_headroom: .inf } }\n${leaders}`,
  },
  {
    code: 'E005',
    sentence: 'Every key must be a known inventory key.',
    why: 'If a misspelled key were silently ignored, the cluster would run with a different value than intended.',
    example: `regoin: eu-central-1\n${leaders}`,
  },
  {
    code: 'E006',
    sentence: 'Variables must be set under `vars`.',
    why: 'Anywhere else they would have no effect.',
    example: `mesos_zk_port: 2182\n${leaders}`,
  },
  {
    code: 'E007',
    sentence: 'Every variable must be a known variable.',
    why: 'If a misspelled variable were ignored, the default would apply.',
    example: `vars: { mesos_zk_prot: 2182 }\n${leaders}`,
  },
  {
    code: 'E008',
    sentence: 'The quorum cannot be set.',
    why: 'It is ⌊N/2⌋ + 1 for N leaders. With a lower quorum, two halves of the leaders could accept different writes, and Mesos cannot detect this.',
    example: `vars: { mesos_quorum: 2 }\n${leaders}`,
  },
  {
    code: 'E009',
    sentence: 'Every value must have the type of its key or variable.',
    why: 'Otherwise a daemon rejects it at startup, when the machine is already running.',
    example: `vars: { mesos_leader_port: high }\n${leaders}`,
  },
  {
    code: 'E010',
    sentence: 'Group names must be valid in the names of resources.',
    why: 'They are part of the names of launch templates, Auto Scaling groups and files.',
    example: `groups:\n  leaders: { vars: { mesos_mode: leader } }\n  "Web 1": { min: 1 }`,
  },
  {
    code: 'E011',
    sentence: 'Seats must be numbers, starting with 1.',
    why: 'The number of a seat is its server ID in ZooKeeper.',
    example: 'groups:\n  leaders:\n    vars: { mesos_mode: leader }\n    seats: { first: {} }',
  },
  {
    code: 'E031',
    sentence: 'An artifact must have a name, a URL and a kind.',
    why: 'Otherwise a bake cannot download or unpack it.',
    example: `image: { artifacts: [{ name: mesos, url: "https://mirror.example.com/mesos.deb" }] }\n${leaders}`,
  },
  {
    code: 'E032',
    sentence: 'There must be at most one artifact of each name per architecture.',
    why: 'Otherwise they would overwrite each other in the image.',
    example: `image:
  artifacts:
    - { name: mesos, url: "https://mirror.example.com/a.deb", kind: deb }
    - { name: mesos, url: "https://mirror.example.com/b.deb", kind: deb }
${leaders}`,
  },
  {
    code: 'E110',
    sentence: 'Every key must have a value.',
    why: 'A key with nothing after its colon usually means that a value was forgotten. The default would be used instead, for example another cluster name.',
    example: `cluster:\n${leaders}`,
  },
  {
    code: 'E114',
    sentence: '`ssh` must have a user.',
    why: 'The user depends on the image, and `logs` uses `sudo` if it is not `root`.',
    example: `ssh: { jump_host: bastion.example.com }\n${leaders}`,
  },
  {
    code: 'E115',
    sentence: 'Every SSH option must be an option of the OpenSSH client.',
    why: 'Otherwise `ssh` exits with an error.',
    example: `ssh: { user: admin, options: { IdentityFiel: ~/.ssh/cluster } }\n${leaders}`,
  },
  {
    code: 'E116',
    sentence: 'SSH options must not replace what mesos-bakery sets.',
    why: 'The host key of an instance is verified against its console, not accepted on first use. If an option disabled this, anyone on the network could impersonate the instance. The user, the jump host and the session are set by other keys and by the commands.',
    example: `ssh: { user: admin, options: { StrictHostKeyChecking: no } }\n${leaders}`,
  },
  {
    code: 'E117',
    sentence: 'The grace period of a drain must not exceed its timeout.',
    why: 'The machine ends after the timeout, so tasks would never get the whole grace period.',
    example: `drain: { grace: 10m, timeout: 5m }\n${leaders}`,
  },
]
