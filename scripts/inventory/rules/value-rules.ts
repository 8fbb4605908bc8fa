import type { RuleText } from './rule.ts'

const withVars = (vars: string) => `vars: { ${vars} }\ngroups: { leaders: { vars: { mesos_mode: leader } } }`

/** Rules about how values reach the daemons. */
export const valueRules: readonly RuleText[] = [
  {
    code: 'E100',
    sentence: 'The names of resources must be spelled as Mesos spells them.',
    why: 'Mesos treats any other name as a new resource, which no task requests, and detects the actual resource itself. With `memory: 4096`, the agent offers all memory of the machine.',
    example: withVars('mesos_resources: { memory: 4096 }'),
  },
  {
    code: 'E101',
    sentence: 'Numbers in attributes and resources must be at most 2^53 - 1.',
    why: 'Mesos and YAML keep 53 bits of a number. A larger one loses digits, and frameworks would see another value than the inventory.',
    example: withVars('mesos_attributes: { account: 123456789012345678 }'),
  },
  {
    code: 'E102',
    sentence: 'Resources must be within what a machine can have.',
    why: 'Memory and disk are in MiB, and ports end at 65535. The agent accepts larger values, and offers resources that do not exist. It also adds up resources that are set twice, and offers a port of two roles twice.',
    example: withVars('mesos_resources: { mem: 17179869184 }'),
  },
  {
    code: 'E103',
    sentence: 'A value of Mesos must not start with `file://`, unless it is meant as the path of a file.',
    why: 'Mesos replaces such a value with the content of the file, and exits if the file does not exist.',
    example: withVars('mesos_cluster: file:///etc/hostname'),
  },
  {
    code: 'E104',
    sentence: 'A value must fit in an environment variable.',
    why: 'Linux limits each environment variable, with its name, to 128 KiB. The daemon does not start with a longer one.',
  },
  {
    code: 'W025',
    sentence: 'Attributes and resources should be values that Mesos keeps unchanged.',
    why: 'Mesos removes spaces, reads text such as `007` or `1.10` as the numbers 7 and 1.1, and keeps three decimals of a number. Constraints on the value in the inventory then match nothing.',
    example: withVars('mesos_attributes: { rack: "row 1", floor: "007" }'),
  },
  {
    code: 'W026',
    sentence: 'An agent should offer CPUs and memory.',
    why: 'An amount of 0 turns detection off. The agent registers, but tasks need CPUs and memory, so none runs on it.',
    example: withVars('mesos_resources: { cpus: 0 }'),
  },
]
