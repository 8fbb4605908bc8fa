import type { RuleText } from './rule.ts'

const withVars = (vars: string) => `vars: { ${vars} }\ngroups: { leaders: { vars: { mesos_mode: leader } } }`

/** Rules about the flags of the daemons, and about secrets. */
export const flagRules: readonly RuleText[] = [
  {
    code: 'E026',
    sentence: 'Every option must be a flag of the daemon.',
    why: 'Mesos silently ignores an unknown environment variable, and Marathon exits.',
    example: withVars('mesos_leader_options: { offer_timeuot: 2mins }'),
  },
  {
    code: 'E027',
    sentence: 'An option must not be a flag that a variable sets or that the machine determines at boot.',
    why: 'A daemon that receives a flag twice uses one of the two values, or exits.',
    example: withVars('mesos_leader_options: { port: 5060 }'),
  },
  {
    code: 'E028',
    sentence: 'Options must not contain secrets.',
    why: 'User data can be read by every process on the machine and by everyone who may describe instances. Put the secret in a file on the machine, and set the flag to the path of the file.',
    example: withVars('marathon_options: { http_credentials: "admin:hunter2" }'),
  },
  {
    code: 'E029',
    sentence: 'Every option must have the type of its flag and be within its limits.',
    why: 'Otherwise the daemon exits at startup, again and again.',
    example: withVars('mesos_follower_options: { gc_delay: 2d }'),
  },
  {
    code: 'E030',
    sentence: 'A flag must be set only once, and not together with a flag that it excludes.',
    why: 'The daemon exits if a flag is set twice, once by its deprecated name, or if two flags exclude each other.',
    example: withVars('mesos_leader_options: { agent_ping_timeout: 5secs, slave_ping_timeout: 5secs }'),
  },
  {
    code: 'E036',
    sentence: 'The inventory must not contain secrets.',
    why: 'Inventories are committed with the code, and their values end up in user data, tags and plans. A secret that was ever committed must be rotated, not just removed.',
    example: withVars('mesos_attributes: { api_token: ghp_0123456789abcdefghijklmnopqrstuvwxyz }'),
  },
  {
    code: 'E039',
    sentence: 'Resources and attributes must have a form that Mesos can parse.',
    why: 'The agent exits at startup if it cannot parse one of them.',
    example: withVars('mesos_resources: { ports: 31000-32000 }'),
  },
  {
    code: 'E041',
    sentence:
      'Additional user data must be valid cloud-config, and must not override the node’s own settings.',
    why: 'Unknown keys are silently ignored by cloud-init, and if two files have the same path, the second overwrites the first.',
    example: withVars('user_data_extra: { pacakges: [htop] }'),
  },
  {
    code: 'W004',
    sentence: 'Options should be flags of a default build of Mesos.',
    why: 'Some flags exist only in builds of Mesos with certain features. Other builds ignore them, and the setting has no effect.',
    example: withVars('mesos_follower_options: { xfs_kill_containers: true }'),
  },
  {
    code: 'E093',
    sentence:
      'Allocators, authenticators, authorizers, hooks and the like must be built in or come from a module.',
    why: 'The daemon exits if it does not know the name. If `modules` is a file on the machine, or if `modules_dir` is set, names are not checked.',
    example: withVars('mesos_leader_options: { allocator: hierarchic }'),
  },
  {
    code: 'E094',
    sentence: 'An option must not make the daemon exit.',
    why: 'Such flags are for use at a terminal: the daemon prints something, or cleans up, and exits. systemd would restart it repeatedly.',
    example: withVars('mesos_leader_options: { version: true }'),
  },
  {
    code: 'E095',
    sentence: 'A flag that requires another flag must be set together with it, and with a value that fits.',
    why: 'The daemon exits at startup, or refuses everyone: a master that authenticates agents without credentials accepts no agent.',
    example: withVars('mesos_leader_options: { authenticate_http_readwrite: true }'),
  },
  {
    code: 'E097',
    sentence: 'Maps in flags must have the fields that Mesos knows, with values of their types.',
    why: 'Mesos exits if a required field is missing or a value has the wrong type. It silently ignores a misspelled field: a rule of an access control list would then allow everything.',
    example: withVars('mesos_leader_options: { rate_limits: { limits: [{ principal: ops, qsp: 2 }] } }'),
  },
  {
    code: 'W020',
    sentence: 'A flag must not be without effect.',
    why: 'The daemon starts, but ignores the flag because another setting that it depends on is missing.',
    example: withVars('mesos_follower_options: { http_credentials: /etc/mesos/http-credentials }'),
  },
]
