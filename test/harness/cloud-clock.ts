/** Delays, in milliseconds of the cloud's clock. */
export interface Delays {
  /** Until changes in IAM are visible to EC2: an instance profile, and its role. */
  iamToEc2?: number
  /** The same for Auto Scaling. */
  iamToAutoScaling?: number
  /** Until a new EC2 resource is described and can be used in other calls. */
  instances?: number
  interfaces?: number
  securityGroups?: number
  /** For launch templates and each of their versions. */
  launchTemplates?: number
  /** Until an attached interface is described as attached; internally, EC2 knows it immediately. */
  attachments?: number
  /** How long an instance shuts down before it is terminated. */
  shutdowns?: number
}

/** The clock of the patched moto. It runs in real time, and tests can advance it. */
export interface CloudClock {
  /** Milliseconds since 1970. */
  now(): number
  advance(ms: number): Promise<void>
  delays(delays: Delays): Promise<void>
  /** When each instance started to shut down, including those that EC2 no longer lists. */
  ended(): Promise<Readonly<Record<string, number>>>
}

export function cloudClock(upstream: string): CloudClock {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    advance: async ms => {
      await control(upstream, 'clock', { ms })
      ahead += ms
    },
    delays: async delays => void (await control(upstream, 'delays', delays)),
    ended: async () => (await (await control(upstream, 'ended', {})).json()) as Record<string, number>,
  }
}

/** Additional routes of the stand-in: test/harness/moto_mends/controls.py. */
export async function control(upstream: string, what: string, asked: object): Promise<Response> {
  const reply = await fetch(`${upstream}/moto-api/${what}`, { method: 'POST', body: JSON.stringify(asked) })
  if (!reply.ok) throw new Error(`moto refused ${what} ${JSON.stringify(asked)}: ${await reply.text()}`)
  return reply
}
