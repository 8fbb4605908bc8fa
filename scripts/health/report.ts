import * as z from 'zod/mini'

const count = z.nullable(z.number())
const text = z.nullable(z.string())

const unit = z.object({
  name: z.string(),
  active: z.string(),
  sub: z.string(),
  restarts: z.number(),
  result: z.string(),
})

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
  /** On the console only: the last log lines of the units that fail. Those of cloud-init are at `cloud-final.service`. */
  logs: z.optional(z.record(z.string(), z.array(z.string()))),
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
