import * as z from 'zod/mini'

const count = z.nullable(z.number())
const text = z.nullable(z.string())

const unit = z.object({
  name: z.string(),
  active: z.string(),
  sub: z.string(),
  restarts: z.number(),
  result: z.string(),
  /** The exit code with which its main process ended. */
  status: z.optional(count),
})

/** What tells one cause of a failure from another. Times are in Unix seconds by the clock of the node. */
const evidence = z.object({
  /** When it was gathered. Not on the console. */
  time: z.optional(z.number()),
  booted: z.optional(count),
  /** When the node was first healthy in this boot. */
  well: z.optional(count),
  /** Since when each part of the node is not healthy: `agent`, `consul`, `election`, … */
  ill: z.optional(z.record(z.string(), z.number())),
  /** Units that ran and have ended without an error. */
  stopped: z.optional(z.array(z.string())),
  /** Disks that are almost full, with the used part in percent. */
  disks: z.optional(z.array(z.object({ path: z.string(), used: z.number() }))),
  /** The free memory in percent, if there is little. */
  memory: z.optional(count),
  address: z.optional(text),
  /** The address at which the master tells others to reach it. */
  announced: z.optional(text),
  /** Of the master and of the agent. */
  versions: z.optional(z.record(z.string(), text)),
  /** What the name of ZooKeeper leads to: by DNS on this node and, on a leader, by the catalog of Consul. */
  names: z.optional(
    z.nullable(
      z.object({
        answer: z.nullable(z.array(z.string())),
        /** Whether programs ask the DNS server of the node. */
        resolver: z.boolean(),
        /** Nodes with their addresses. */
        catalog: z.nullable(z.array(z.tuple([z.string(), z.string()]))),
      }),
    ),
  ),
  /** Ports of leaders that do not accept a connection from the node, with the reason. */
  closed: z.optional(z.array(z.tuple([z.string(), z.number(), z.string()]))),
  /** Files of the user data that have changed since. */
  edited: z.optional(z.array(z.object({ file: z.string(), lines: z.array(z.string()) }))),
})

export type Evidence = z.infer<typeof evidence>

const report = z.object({
  cloud_init: z.object({
    status: z.enum(['not run', 'running', 'done', 'error']),
    errors: z.array(z.string()),
  }),
  units: z.array(unit),
  consul: z.nullable(z.object({ servers: z.array(z.string()), leader: text, voters: count })),
  zookeeper: z.nullable(z.object({ mode: text, synced_followers: count })),
  master: z.nullable(
    z.object({
      health: z.boolean(),
      leader: text,
      elected: z.boolean(),
      quorum: count,
      recovered: z.boolean(),
      slaves: count,
      /** Running tasks, and those on the agent that has the most. On the elected master only. */
      tasks: z.optional(z.nullable(z.object({ running: z.number(), most: z.number() }))),
    }),
  ),
  agent: z.nullable(z.object({ health: z.boolean(), registered: z.boolean(), id: text, master: text })),
  marathon: z.nullable(z.object({ health: z.boolean(), leader: text })),
  /** On the console only: the public host keys of sshd, such as `ssh-ed25519 AAAA…`. Ed25519 is first. */
  host_keys: z.optional(z.array(z.string())),
  /** On the console, and with evidence: the last log lines of the units that fail. Those of cloud-init are at `cloud-final.service`. */
  logs: z.optional(z.record(z.string(), z.array(z.string()))),
  /** On the console, and if it was asked for. */
  evidence: z.catch(z.optional(evidence), undefined),
})

/**
 * The output of /usr/lib/mesos-bakery/report on a node. Fields that do not apply to the node are null. On the console,
 * `units` contains only units that are not simply running.
 */
export type Report = z.infer<typeof report>

/** Parses a line of a report. Undefined if the line is not a report. */
export function parseReport(line: string): Report | undefined {
  try {
    const read = report.safeParse(JSON.parse(line))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
