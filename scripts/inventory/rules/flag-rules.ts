import type { RuleText } from './rule.ts'

const withVars = (vars: string) => `vars: { ${vars} }\ngroups: { leaders: { vars: { mesos_mode: leader } } }`

/** Rules about the flags of the daemons, and about secrets. */
export const flagRules: readonly RuleText[] = [
  {
    code: 'E026',
    sentence: 'Every option is a flag that the daemon has.',
    why: 'Mesos passes over an unknown variable of its environment without a word, and Marathon ends.',
    example: withVars('mesos_leader_options: { offer_timeuot: 2mins }'),
  },
  {
    code: 'E027',
    sentence: 'No option is a flag that a variable sets, or that the machine finds out.',
    why: 'A daemon that is given a flag twice takes one of the two, or ends.',
    example: withVars('mesos_leader_options: { port: 5060 }'),
  },
  {
    code: 'E028',
    sentence: 'No option holds a secret.',
    why: 'User-data can be read by every process on the machine, and by everybody who may describe instances. A secret is put into a file on the machine, and the flag names the file.',
    example: withVars('marathon_options: { http_credentials: "admin:hunter2" }'),
  },
  {
    code: 'E029',
    sentence: 'Every option is of the type, and within the bounds, of its flag.',
    why: 'The daemon would end at its start, again and again.',
    example: withVars('mesos_follower_options: { gc_delay: 2d }'),
  },
  {
    code: 'E030',
    sentence: 'A flag is given by one name, and without another that excludes it.',
    why: 'Given twice, once by its older name, a flag ends the daemon; so do two flags of which only one may be given.',
    example: withVars('mesos_leader_options: { agent_ping_timeout: 5secs, slave_ping_timeout: 5secs }'),
  },
  {
    code: 'E036',
    sentence: 'No secret stands in the inventory.',
    why: 'Inventories are kept with the code, and what stands in them ends up in user-data, tags and plans. What was committed once has to be changed, not only removed.',
    example: withVars('mesos_attributes: { api_token: ghp_0123456789abcdefghijklmnopqrstuvwxyz }'),
  },
  {
    code: 'E039',
    sentence: 'Resources and attributes are as Mesos reads them.',
    why: 'The agent ends at its start when it can’t read one of them.',
    example: withVars('mesos_resources: { ports: 31000-32000 }'),
  },
  {
    code: 'E041',
    sentence: 'Additions to the user-data are cloud-config, and leave alone what is ours.',
    why: 'In silence, cloud-init passes over a key that it doesn’t know, and of two files with one path the later one is left.',
    example: withVars('user_data_extra: { pacakges: [htop] }'),
  },
  {
    code: 'W004',
    sentence: 'Every option is a flag of an ordinary build of Mesos.',
    why: 'Some flags are there only when Mesos was built for them. In any other the variable is passed over, and the setting has no effect.',
    example: withVars('mesos_follower_options: { xfs_kill_containers: true }'),
  },
]
