/** What is said of a cause, by docs/findings.md and `npm run explain`. */
export interface CauseText {
  readonly code: string
  /** What is wrong. */
  readonly sentence: string
  /** How it shows, and what it is told apart from. */
  readonly why: string
  /** What to do. */
  readonly fix: string
}

const registrar = 'Failed to recover registrar'

/** Every cause that `npm run doctor` finds. A code is never given to another cause. */
export const everyCause = [
  {
    code: 'D001',
    sentence: 'A Mesos master runs with a quorum that is not the one of the cluster.',
    why: `If its quorum is higher than the number of masters allows, it aborts with "${registrar}" when it is elected. If it is lower, two masters can write at the same time, and the replicated log can diverge. The quorum is read from the running master.`,
    fix: 'Replace the node if its settings were edited; otherwise, restart the master.',
  },
  {
    code: 'D002',
    sentence: 'A Mesos master announces an address that other nodes cannot reach.',
    why: `The other masters find its replica of the log at this address. Without it, an elected master aborts with "${registrar}", although every master runs.`,
    fix: 'Remove the setting that changes the address (ip, advertise_ip), and update the node.',
  },
  {
    code: 'D003',
    sentence: 'The replicated log cannot be initialized, because masters are missing.',
    why: `The log of a new cluster is initialized once all 2 × quorum − 1 masters answer. With fewer, the elected master aborts with "${registrar}" every minute. A cluster that has a log needs only a quorum.`,
    fix: 'Launch the missing leaders.',
  },
  {
    code: 'D004',
    sentence: 'A port of a node is closed to other nodes, or the network is partitioned.',
    why: `The other node runs, but connections to it time out, or are refused although its daemon works. Masters abort with "${registrar}" if a majority cannot reach each other.`,
    fix: 'Open the port: on EC2, launch restores the rules of the security groups. Otherwise, check firewalls, network ACLs and routes.',
  },
  {
    code: 'D005',
    sentence: 'A majority of the replicated logs is empty, so the others cannot be used.',
    why: `An empty replica recovers only from a quorum of replicas that vote. If the work directories of a majority of the masters were emptied, the elected master aborts with "${registrar}", although all masters run and reach each other.`,
    fix: 'Copy the log of a remaining master to the others, as described in docs/recovery.md.',
  },
  {
    code: 'D010',
    sentence: 'ZooKeeper has no leader, because fewer than a quorum of its servers run.',
    why: 'Without a leader in ZooKeeper, no Mesos master can be elected.',
    fix: 'Start ZooKeeper, or launch the missing leaders.',
  },
  {
    code: 'D011',
    sentence: 'A ZooKeeper server runs, but is not part of the quorum.',
    why: 'It can reach the other servers, but does not take part: its number or its list of servers differs from theirs, or its data cannot be used.',
    fix: 'Read its log. If its settings were edited or its data is damaged, replace the node.',
  },
  {
    code: 'D012',
    sentence: 'Consul has no leader.',
    why: 'Fewer than a quorum of its servers run, or they have not found each other. Names then change no longer.',
    fix: 'Start Consul, or launch the missing leaders.',
  },
  {
    code: 'D013',
    sentence: 'A Consul agent runs, but has not joined the others.',
    why: 'The other agents see a leader, and this one does not: it looks for another datacenter, uses another key, or cannot reach the servers.',
    fix: 'Read its log. If its settings were edited, replace the node.',
  },
  {
    code: 'D014',
    sentence: 'No Mesos master is elected, although ZooKeeper serves.',
    why: 'A quorum of masters runs, but none of them contends: they have lost ZooKeeper, or use another path there.',
    fix: 'Read the log of a master.',
  },
  {
    code: 'D020',
    sentence: 'The Consul agent of a node does not run.',
    why: 'Names on this node no longer follow changes: those that are cached are still answered. A restart of the node finds no names.',
    fix: 'Start the agent. If it fails, read its log.',
  },
  {
    code: 'D021',
    sentence: 'dnsmasq does not run or does not answer, so names do not resolve on a node.',
    why: 'The catalog of Consul is complete, but nothing answers on port 53 of the node.',
    fix: 'Start dnsmasq.',
  },
  {
    code: 'D022',
    sentence: 'A seat is missing in the catalog of Consul.',
    why: 'The name of ZooKeeper has an address for each seat. Running nodes keep the address that they know, but new nodes wait two minutes for the missing one.',
    fix: 'Register the seat again.',
  },
  {
    code: 'D023',
    sentence: 'The catalog of Consul has an old address of a seat.',
    why: 'The machine of the seat has another address than the one that is registered, so the others look for it in the wrong place.',
    fix: 'Register the seat again.',
  },
  {
    code: 'D024',
    sentence: 'The addresses of the ZooKeeper name on a node do not follow the catalog of Consul.',
    why: 'mesos-bakery-names does not run or is stuck, so the node knows old addresses, although the catalog is correct.',
    fix: 'Restart mesos-bakery-names.',
  },
  {
    code: 'D025',
    sentence: 'A node does not use its own DNS server.',
    why: 'dnsmasq answers, but /etc/resolv.conf names another server first, so programs do not find the names of Consul.',
    fix: 'Restart dnsmasq, which writes the file again.',
  },
  {
    code: 'D026',
    sentence: 'Another node is registered under the name of ZooKeeper.',
    why: 'mesos-bakery ignores the entry, but nodes that ask Consul directly get an address at which no server of the ensemble runs.',
    fix: 'Remove the entry from the catalog.',
  },
  {
    code: 'D030',
    sentence: 'An agent has another version of Mesos than the elected master, and does not register.',
    why: 'A master refuses agents of versions that it does not support.',
    fix: 'Update the node.',
  },
  {
    code: 'D031',
    sentence:
      'An agent does not start, because its work directory belongs to an agent with another identity.',
    why: 'Its host name, port, resources or attributes have changed. An agent keeps its ID only if they stay the same.',
    fix: 'Replace the node, or let the agent start anew without its tasks.',
  },
  {
    code: 'D032',
    sentence:
      'An agent does not start, because the machine booted with another cgroup version than the image expects.',
    why: 'The unit compares both before each start, because the flags of the agent depend on the version.',
    fix: 'Bake an image with the right image.cgroups, or correct the kernel command line.',
  },
  {
    code: 'D033',
    sentence: 'A master refuses the credentials of an agent.',
    why: 'The agent runs and reaches the master, but its log shows a failed authentication.',
    fix: 'Correct the credential, and update the node.',
  },
  {
    code: 'D034',
    sentence: 'An agent has ended, because its master marked it as gone.',
    why: 'It was drained with mark_gone, and can never register again with its ID.',
    fix: 'Replace the node.',
  },
  {
    code: 'D035',
    sentence: 'An agent runs, but does not register, for a reason that is only in its log.',
    why: 'Names, ports, version, identity and clock of the node are in order.',
    fix: 'Read its log.',
  },
  {
    code: 'D040',
    sentence: 'Marathon restarts, because it does not accept one of its options.',
    why: 'It exits with 112, and its log names the option.',
    fix: 'Correct the option in the inventory, and update the leaders.',
  },
  {
    code: 'D041',
    sentence: 'Marathon restarts, because it cannot load libmesos.',
    why: 'It exits with 109: the Mesos package has no Java bindings, or is of another version.',
    fix: 'Bake an image with a Mesos package that has Java bindings.',
  },
  {
    code: 'D042',
    sentence: 'Marathon restarts, because its port is in use.',
    why: 'It exits with 111. Another program listens on the port.',
    fix: 'Stop the other program, or choose another marathon_http_port.',
  },
  {
    code: 'D043',
    sentence: 'Marathon does not answer, for a reason that is only in its log.',
    why: 'ZooKeeper and the masters work, and Marathon does not name one of the other causes.',
    fix: 'Read its log.',
  },
  {
    code: 'D050',
    sentence: 'A node has no machine, or its machine does not run.',
    why: 'It was stopped or terminated, or has not been launched. A quorum of the leaders must run.',
    fix: 'Launch it again.',
  },
  {
    code: 'D051',
    sentence: 'A node runs, but does not report.',
    why: 'It hangs or has lost its processor, or its console cannot be read.',
    fix: 'Read its console. If it does not recover, replace the node.',
  },
  {
    code: 'D052',
    sentence: 'cloud-init has failed on a node.',
    why: 'Parts of the user data were not applied, so settings may be missing.',
    fix: 'Correct what the message names, and replace the node.',
  },
  {
    code: 'D053',
    sentence: 'A unit fails or restarts again and again.',
    why: 'The last lines of its log show the reason. Settings of the inventory that these lines name are shown, too.',
    fix: 'Correct the setting in the inventory and update the node, or read the log.',
  },
  {
    code: 'D054',
    sentence: 'A unit was stopped.',
    why: 'It ran in this boot and ended without an error, so someone stopped it.',
    fix: 'Start it.',
  },
  {
    code: 'D055',
    sentence: 'A disk is full.',
    why: 'At least 95 % of its space or of its inodes are used, and little is left. Daemons fail in different ways when they cannot write.',
    fix: 'Delete files, or set a larger root_volume_gb and replace the node.',
  },
  {
    code: 'D056',
    sentence: 'A node has no memory left.',
    why: 'Less than 4 % is free, or the kernel has killed a daemon (oom-kill).',
    fix: 'Choose an instance type with more memory, or smaller heaps, and update the node.',
  },
  {
    code: 'D057',
    sentence: 'The clock of a node is wrong.',
    why: 'It differs from those of the other nodes by more than 30 s. Certificates and signed calls of AWS are then refused.',
    fix: 'Check the time service on the node (on EC2, chrony with 169.254.169.123).',
  },
  {
    code: 'D058',
    sentence: 'EC2 has scheduled an event for an instance, or its status checks fail.',
    why: 'The instance will stop, or does not work as it should.',
    fix: 'Move the node before the event.',
  },
  {
    code: 'D060',
    sentence: 'A file that the user data wrote was edited by hand.',
    why: 'The node differs from the inventory, and its next machine will not have the change. Values are not shown unless they are numbers.',
    fix: 'Make the change in the inventory if it is to stay, and replace the node.',
  },
  {
    code: 'D061',
    sentence: 'The settings of a node are older than the inventory.',
    why: 'The user data of its machine is not what the inventory renders now.',
    fix: 'Update the node.',
  },
  {
    code: 'D062',
    sentence: 'The image or the machine of a node is not what the inventory asks for.',
    why: 'The image, the instance type, the volume or the subnet has changed.',
    fix: 'Update the node.',
  },
  {
    code: 'D063',
    sentence: 'A security group lacks rules.',
    why: 'Someone has removed them, or they are new in the inventory. Nodes cannot reach each other at these ports.',
    fix: 'Restore the rules.',
  },
  {
    code: 'D064',
    sentence: 'The instance profile lacks a right.',
    why: 'Its policy is not what mesos-bakery wrote, or EC2 refuses a call of Consul, so that new nodes do not find the servers.',
    fix: 'Restore the policy. If the inventory names its own profile, add the rights that docs/aws.md lists.',
  },
  {
    code: 'D065',
    sentence: 'A resource differs from the inventory.',
    why: 'A launch would create or change it.',
    fix: 'Show the plan, and apply it.',
  },
  {
    code: 'D066',
    sentence: 'A launch would be refused.',
    why: 'What exists contradicts the inventory, or a change was interrupted.',
    fix: 'Follow the message.',
  },
  {
    code: 'D099',
    sentence: 'A health check fails, and the cause is not known.',
    why: 'Nothing that is reported explains it.',
    fix: 'Read the log, and send the archive of npm run support if you need help.',
  },
] as const satisfies readonly CauseText[]

/** Names a cause, for `npm run explain` and docs/findings.md. */
export type CauseCode = (typeof everyCause)[number]['code']
