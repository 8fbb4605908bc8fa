import type { RuleText } from './rule.ts'

const leaders = 'groups: { leaders: { vars: { mesos_mode: leader } } }'

/** Rules about what may be written at all, in the order in which they are checked. */
export const formRules: readonly RuleText[] = [
  {
    code: 'E001',
    sentence: 'The inventory is YAML.',
    why: 'Nothing can be said of the rest of a file that can’t be read. A key that stands twice counts too: one of the two values would be lost without a word.',
    example: 'region: us-east-1\nregion: us-east-2',
  },
  {
    code: 'E002',
    sentence: 'The inventory is a map, with `groups` in it.',
    why: 'An empty file would be a cluster of nothing.',
    example: '- mesos_leaders\n- mesos_followers',
  },
  {
    code: 'E003',
    sentence: 'Aliases end somewhere.',
    why: 'An alias inside of what it stands for has no end, and aliases of aliases of aliases fill any memory.',
    example: 'groups: &all\n  web: *all',
  },
  {
    code: 'E004',
    sentence: 'Numbers have an end.',
    why: 'YAML can write infinity and “not a number”; no daemon takes them.',
    example: `vars: { mesos_follower_options: { gc_disk_headroom: .inf } }\n${leaders}`,
  },
  {
    code: 'E005',
    sentence: 'Every key is one that the inventory knows.',
    why: 'A misspelt key that is passed over in silence is found when the cluster runs with another value.',
    example: `regoin: eu-central-1\n${leaders}`,
  },
  {
    code: 'E006',
    sentence: 'Variables stand under `vars`.',
    why: 'Beside it they would belong to no group, and count for nobody.',
    example: `mesos_zk_port: 2182\n${leaders}`,
  },
  {
    code: 'E007',
    sentence: 'Every variable is one that is known.',
    why: 'A misspelt variable would leave the default in force.',
    example: `vars: { mesos_zk_prot: 2182 }\n${leaders}`,
  },
  {
    code: 'E008',
    sentence: 'Nobody sets the quorum.',
    why: 'It is ⌊N/2⌋ + 1 of N leaders. One that is too low lets two halves of the leaders write different histories; Mesos can’t notice.',
    example: `vars: { mesos_quorum: 2 }\n${leaders}`,
  },
  {
    code: 'E009',
    sentence: 'Every value is of the type of its key or variable.',
    why: 'A daemon would refuse it at its start, on a machine that is running already.',
    example: `vars: { mesos_leader_port: high }\n${leaders}`,
  },
  {
    code: 'E010',
    sentence: 'Names of groups fit where they end up.',
    why: 'They become parts of names of launch templates, Auto Scaling groups and files.',
    example: `groups:\n  leaders: { vars: { mesos_mode: leader } }\n  "Web 1": { min: 1 }`,
  },
  {
    code: 'E011',
    sentence: 'Seats are numbers from 1.',
    why: 'The number of a seat is its id in ZooKeeper.',
    example: 'groups:\n  leaders:\n    vars: { mesos_mode: leader }\n    seats: { first: {} }',
  },
  {
    code: 'E031',
    sentence: 'An artifact says what it is, where it is and how it is packed.',
    why: 'A bake can’t fetch or unpack it otherwise.',
    example: `image: { artifacts: [{ name: mesos, url: "https://mirror.example.com/mesos.deb" }] }\n${leaders}`,
  },
  {
    code: 'E032',
    sentence: 'There is one artifact of a name for an architecture.',
    why: 'Two would overwrite each other in the image.',
    example: `image:
  artifacts:
    - { name: mesos, url: "https://mirror.example.com/a.deb", kind: deb }
    - { name: mesos, url: "https://mirror.example.com/b.deb", kind: deb }
${leaders}`,
  },
]
