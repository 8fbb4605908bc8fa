import { cloudConfigChecks } from '../../inventory/cloud-config/every-check.ts'
import type { Finding, RuleText } from '../../inventory/rules/rule.ts'
import type { Draft } from '../draft.ts'
import { originOf, sitesOf } from '../origin.ts'
import type { Rule } from './cluster-rule.ts'

const withExtra = (extra: string) =>
  `vars:\n  user_data_extra:\n    ${extra}\ngroups: { leaders: { vars: { mesos_mode: leader } } }`
const withFile = (settings: string) => withExtra(`write_files: [{ path: /etc/motd, ${settings} }]`)

const texts: readonly (RuleText & { readonly code: keyof typeof cloudConfigChecks })[] = [
  {
    code: 'E062',
    sentence: 'Additional user data must match the schema of cloud-init.',
    why: 'On a machine, cloud-init logs a warning and ignores what it cannot use, or a module ends with an error.',
    example: withExtra('users: [default, { name: ops, ssh_authorised_keys: [ssh-ed25519 AAAA] }]'),
  },
  {
    code: 'E070',
    sentence: 'The owner of a file must exist when the file is written.',
    why: 'Files are written before users are created and packages installed, and cloud-init does not write the files after one whose owner it cannot find. With `defer: true`, a file is written at the end.',
    example: withFile('owner: "app:app"'),
  },
  {
    code: 'E071',
    sentence: 'The content of a file must be text, in the encoding that is named.',
    why: 'If content is a number, null or not encoded as `encoding` says, cloud-init writes neither this file nor those after it. It treats an unknown encoding as plain text.',
    example: withFile('content: 42'),
  },
  {
    code: 'E072',
    sentence: 'The permissions of a file must be octal digits.',
    why: 'A number without quotes is used as the mode itself, so 600 becomes mode 01130. Permissions that it cannot read are replaced by 0644. Octal numbers that begin with 0, such as 0600, do not require quotes.',
    example: withFile('permissions: 600'),
  },
  {
    code: 'E073',
    sentence: 'The path of a file must be absolute, and cloud-init must be able to write a file there.',
    why: 'The module stops at the first file that it cannot write. A relative path starts at the root directory. If two files have the same path, only the second one remains.',
    example: withExtra('write_files: [{ path: etc/motd, content: hello }]'),
  },
  {
    code: 'E074',
    sentence: 'Commands must be text or lists of words.',
    why: 'All commands are written to one script. If one of them is a map, as in `curl -H Accept: text/plain`, no script is written, and no daemon of the node starts.',
    example: withExtra('runcmd:\n      - curl -H Accept: text/plain https://example.com/'),
  },
  {
    code: 'E075',
    sentence: 'Lists of modules must contain the modules that the node needs.',
    why: 'Your list replaces the one in the image. Without `write_files`, `runcmd` and `scripts_user`, cloud-init neither writes the files of the node nor starts its daemons.',
    example: withExtra('cloud_final_modules: [phone_home]'),
  },
  {
    code: 'E076',
    sentence: 'Disks and mounts must leave the files of the node in place.',
    why: 'Disks are mounted after the files of the node are written, and would hide them. A partition table or a file system on the root disk destroys the system.',
    example: withExtra('mounts: [[/dev/nvme1n1, /etc]]'),
  },
  {
    code: 'E077',
    sentence: 'The machine must keep running.',
    why: 'A node that stops leaves the cluster, and an Auto Scaling group replaces it again and again. Boot commands run at every boot, so a restart in them repeats forever.',
    example: withExtra('power_state: { mode: poweroff }'),
  },
  {
    code: 'E078',
    sentence: 'Users and groups must be ones that cloud-init can create.',
    why: 'If cloud-init fails at a user, those after it are not created, and a launch reports the node as unhealthy. The users of the daemons belong to the image.',
    example: withExtra('groups: [ops]\n    users: [default, { name: ops }]'),
  },
  {
    code: 'E079',
    sentence: 'Settings of the machine must not prevent the node from starting or from being reached.',
    why: 'Consul finds its servers through the metadata service and the EC2 API, the resolver of the node needs port 53, and sshd needs a host key. A time zone that does not exist makes cloud-init fail.',
    example: withExtra('disable_ec2_metadata: true'),
  },
  {
    code: 'W010',
    sentence: 'Files should not be written to /tmp.',
    why: 'While cloud-init runs, systemd cleans /tmp, so that a file may be gone before it is used.',
    example: withExtra('write_files: [{ path: /tmp/setup.sh, content: date }]'),
  },
  {
    code: 'W011',
    sentence: 'Programs and units of the image should not be replaced.',
    why: 'They change from one image to the next, and user data is written for those that the image has. To change a unit, write a drop-in.',
    example: withExtra('write_files: [{ path: /etc/systemd/system/consul.service, content: "[Service]" }]'),
  },
  {
    code: 'W012',
    sentence: 'Keys should have an effect.',
    why: 'These keys are known, but cloud-init does not run their module on Debian 12: it is made for another distribution, or not in the list of the image.',
    example: withExtra('snap: { commands: [snap install jq] }'),
  },
  {
    code: 'W013',
    sentence: 'IDs of users should be 1000 or more.',
    why: 'The image gives IDs from 100 to 999 to its daemons. If one of them has the ID, the user and those after it are not created.',
    example: withExtra('users: [default, { name: ops, uid: 998 }]'),
  },
]

/** What cloud-init makes of `user_data_extra`, and what that does to a node. */
export const userDataRules: readonly Rule[] = texts.map(text => ({
  ...text,
  check: draft => inExtras(draft, cloudConfigChecks[text.code]),
}))

/** Checks each `user_data_extra` once, where it stands. */
function inExtras(draft: Draft, check: (typeof cloudConfigChecks)[keyof typeof cloudConfigChecks]) {
  const sites = sitesOf(draft).filter(site => Object.keys(site.values.user_data_extra).length > 0)
  const extras = new Map(
    sites.map(site => [originOf(draft, site, 'user_data_extra').path, site.values.user_data_extra]),
  )
  return [...extras].flatMap(([path, extra]): readonly Finding[] => check(extra, path))
}
