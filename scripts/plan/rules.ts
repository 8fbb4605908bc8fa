import type { RuleText } from '../inventory/rules/rule.ts'

/** Rules that can be checked only at the target. */
export const launchRules: readonly RuleText[] = [
  {
    code: 'E050',
    sentence: 'Everything that the inventory refers to must exist.',
    why: 'Subnets, instance types, key pairs, security groups and the instance profile are looked up in the account before anything is created, so that a launch does not stop halfway.',
  },
  {
    code: 'E051',
    sentence: 'All subnets must be in one VPC.',
    why: 'The machines of a cluster communicate through their private addresses.',
  },
  {
    code: 'E052',
    sentence: 'The image must exist, be available, and match the architecture of its machines.',
    why: 'Otherwise EC2 rejects the launch, or the machine does not boot.',
  },
  {
    code: 'E053',
    sentence: 'Root volumes must be at least as large as their image.',
    why: 'Otherwise EC2 rejects the launch.',
  },
  {
    code: 'E054',
    sentence: 'Every group must have at least one subnet.',
    why: 'EC2 launches each instance in a subnet.',
  },
  {
    code: 'E105',
    sentence: 'Java heaps, and the memory that agents offer, must fit the memory of the machine.',
    why: 'The kernel kills a daemon or a task when the memory of the machine is used up, and does so again after each restart. EC2 is asked for the memory of each instance type.',
  },
  {
    code: 'E113',
    sentence: 'Subnets must have enough free addresses for the instances that are launched.',
    why: 'Every instance takes a private address. EC2 and Auto Scaling cannot launch an instance in a subnet without one.',
  },
  {
    code: 'W034',
    sentence: 'Subnets should have enough free addresses for the maximum size of every pool.',
    why: 'Auto Scaling stops adding instances when the subnets of the pool have no free address.',
  },
  {
    code: 'W035',
    sentence: 'Instance types should use the Nitro System.',
    why: 'Nodes report their health on their serial consoles. EC2 returns the current console only for instance types with the Nitro System, which excludes some that were introduced before 2018.',
  },
]
