import { setTimeout as sleep } from 'node:timers/promises'
import type { AwsRequest, Backend, Reply } from './aws-call.ts'
import { errorReply, refused } from './aws-errors.ts'
import type { Fault } from './faults.ts'

/** An access key ID that every service rejects. */
export const REFUSED_KEY = 'AKIAREFUSED000000000'

/** What a client observes: a reply, a broken connection, or no response. */
type Outcome = Reply | 'cut' | 'hang'

/** The faults that a test has set, each with the number of calls that it has matched so far. */
export interface FaultList {
  add(fault: Fault): () => void
  clear(): void
  /** The faults that affect this call, in the order in which they were set. */
  hits(request: AwsRequest): Fault[]
}

export function faultList(): FaultList {
  let armed: { fault: Fault; seen: number }[] = []
  return {
    add: fault => {
      const added = { fault, seen: 0 }
      armed.push(added)
      return () => {
        armed = armed.filter(other => other !== added)
      }
    },
    clear: () => {
      armed = []
    },
    hits: request => {
      const matching = armed.filter(({ fault }) => fault.matches(request))
      for (const one of matching) one.seen += 1
      const due = matching.filter(({ fault, seen }) => seen > fault.skip && seen <= fault.skip + fault.times)
      return due.map(({ fault }) => fault)
    },
  }
}

/** Passes a call to the backend, with the faults that affect it. */
export async function serve(request: AwsRequest, faults: Fault[], backend: Backend): Promise<Outcome> {
  for (const { effect } of faults) {
    if (effect.kind === 'delay') await sleep(effect.ms)
    if (effect.kind === 'hook') await effect.run(request)
    if (effect.kind === 'error') return errorReply(request, effect.error(request))
    if ((effect.kind === 'cut' || effect.kind === 'hang') && !effect.applied) return effect.kind
  }
  if (request.accessKey === REFUSED_KEY) return errorReply(request, refused(request))
  let reply = await backend(request)
  for (const { effect } of faults) {
    if (effect.kind === 'cut' || effect.kind === 'hang') return effect.kind
    if (effect.kind === 'edit') reply = effect.edit(reply)
  }
  return reply
}
