import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AwsRequest, type Backend, parseRequest } from './aws-call.ts'
import { clientTokens } from './client-tokens.ts'
import { type CloudClock, cloudClock, control, type Delays } from './cloud-clock.ts'
import type { Fault } from './faults.ts'
import { type FaultList, faultList, serve } from './faulty-service.ts'
import { forwarder } from './forwarder.ts'
import { userDataLimit } from './user-data-limit.ts'

/**
 * A recorded call. `start` and `end` are in milliseconds; `end` is Infinity while the call is in progress, and `status`
 * is 0 until it is answered.
 */
interface Call {
  service: string
  action: string
  params: Record<string, string>
  start: number
  end: number
  status: number
}

export interface ConsoleChanges {
  /** Parts of reports. */
  reports?: Readonly<Record<string, object>>
  /** Whole consoles. */
  texts?: Readonly<Record<string, string>>
  /** Instances that have stopped reporting. */
  frozen?: readonly string[]
}

/** The status of an instance from now on. All times are in ISO 8601. */
export interface StatusChange {
  events?: readonly { code: string; notBefore: string; id?: string; description?: string }[]
  /** Since when the check has failed. By default, it passes. */
  system?: string
  instance?: string
}

export interface AwsProxy {
  url: string
  /** Every call since the start or the last `reset`, in order of arrival. */
  calls: Call[]
  /** Adds a fault. The returned function removes it. */
  fault(fault: Fault): () => void
  clearFaults(): void
  /** Advances the clock of the cloud, which affects its timestamps, what it stops listing, and client tokens. */
  advance(ms: number): Promise<void>
  /** The time of the cloud, in milliseconds since 1970. */
  now(): number
  /**
   * Sets how long resources take to become visible, and instances to shut down. Anything not specified takes no time.
   */
  delays(delays: Delays): Promise<void>
  /** Changes the consoles of instances, by the name or ID of the instance. */
  consoles(changes: ConsoleChanges): Promise<void>
  /** Schedules events of instances and lets their status checks fail, by the ID of the instance. */
  statuses(statuses: Readonly<Record<string, StatusChange>>): Promise<void>
  /** Deletes calls, faults, client tokens, and all resources in the account. */
  reset(): Promise<void>
  close(): Promise<void>
}

interface State {
  faults: FaultList
  calls: Call[]
  backend: Backend
  clock: CloudClock
}

/** Starts a proxy that makes moto (at `upstream`) behave more like AWS, and injects the faults of a test. */
export async function startAwsProxy({ upstream }: { upstream: string }): Promise<AwsProxy> {
  const state: State = { faults: faultList(), calls: [], ...awsLike(upstream) }
  const server = createServer((incoming, response) => {
    answer(state, incoming, response).catch(error => response.destroy(error))
  })
  // Test clients do not retry, so connections must not be closed while idle.
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: state.calls,
    fault: state.faults.add,
    clearFaults: state.faults.clear,
    advance: ms => state.clock.advance(ms),
    now: () => state.clock.now(),
    delays: delays => state.clock.delays(delays),
    consoles: async asked => void (await control(upstream, 'consoles', asked)),
    statuses: async asked => void (await control(upstream, 'statuses', asked)),
    reset: () => reset(state, upstream),
    close: async () => {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}

function awsLike(upstream: string): Pick<State, 'backend' | 'clock'> {
  const clock = cloudClock(upstream)
  return { backend: userDataLimit(clientTokens(forwarder(upstream), clock)), clock }
}

async function reset(state: State, upstream: string): Promise<void> {
  state.faults.clear()
  state.calls.length = 0
  Object.assign(state, awsLike(upstream))
  await fetch(`${upstream}/moto-api/reset`, { method: 'POST' })
}

async function answer(state: State, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const start = performance.now()
  const request = await read(incoming)
  const { service, action, params } = request
  const call: Call = { service, action, params, start, end: Number.POSITIVE_INFINITY, status: 0 }
  state.calls.push(call)
  response.on('close', () => {
    call.end = performance.now()
  })
  const outcome = await serve(request, state.faults.hits(request), state.backend)
  if (outcome === 'hang') return
  if (outcome === 'cut') return void response.destroy()
  call.status = outcome.status
  const headers = { ...outcome.headers, 'content-length': outcome.body.length }
  response.writeHead(outcome.status, headers).end(outcome.body)
}

async function read(incoming: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])
  const { method = 'POST', url = '/' } = incoming
  return parseRequest({ method, path: url }, Object.fromEntries(headers), Buffer.concat(chunks))
}
