import type { RuleText } from '../inventory/rules/rule.ts'

/** Rules that can be checked only where the cluster is launched. */
export const launchRules: readonly RuleText[] = [
  {
    code: 'E050',
    sentence: 'Everything that the inventory names is there.',
    why: 'Subnets, instance types, key pairs, security groups and the instance profile are looked up in the account before anything is made; a launch that finds half of them missing leaves the other half behind.',
  },
  {
    code: 'E051',
    sentence: 'All subnets are in one VPC.',
    why: 'The machines of a cluster call each other by their private addresses.',
  },
  {
    code: 'E052',
    sentence: 'The image is there, available, and for the architecture of its machines.',
    why: 'EC2 would refuse the launch, or the machine would not boot.',
  },
  {
    code: 'E053',
    sentence: 'Root volumes are at least as large as their image.',
    why: 'EC2 would refuse the launch.',
  },
  {
    code: 'E054',
    sentence: 'Every group names a subnet.',
    why: 'There is nothing to launch its machines in.',
  },
]
