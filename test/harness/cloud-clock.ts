/** How long things take, in milliseconds of the cloud's clock. */
export interface Delays {
  /** Until EC2 knows what IAM made or changed: an instance profile, and its role. */
  iamToEc2?: number
  /** The same for Auto Scaling. */
  iamToAutoScaling?: number
  /** Until what EC2 made is described, and other calls may name it. */
  instances?: number
  interfaces?: number
  securityGroups?: number
  /** Templates, and each of their versions. */
  launchTemplates?: number
  /** Until an interface that was attached is described so; EC2 itself knows at once. */
  attachments?: number
  /** How long a machine is shutting down before it is terminated. */
  shutdowns?: number
}

/** The clock of moto, mended. It runs as the real one does, and tests move it forward. */
export interface CloudClock {
  /** Milliseconds since 1970. */
  now(): number
  advance(ms: number): Promise<void>
  delays(delays: Delays): Promise<void>
  /** When each machine began to end, also of those that EC2 has forgotten. */
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

/** The stand-in's own routes: test/harness/moto_mends/controls.py. */
async function control(upstream: string, what: string, asked: object): Promise<Response> {
  const reply = await fetch(`${upstream}/moto-api/${what}`, { method: 'POST', body: JSON.stringify(asked) })
  if (!reply.ok) throw new Error(`moto refused ${what} ${JSON.stringify(asked)}: ${await reply.text()}`)
  return reply
}
