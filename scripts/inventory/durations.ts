import * as z from 'zod/mini'
import { durationOf } from './mesos-values.ts'
import { type Type, textual } from './types.ts'

const mesosForm = /^\d+(\.\d+)?(ns|us|ms|secs|mins|hrs|days|weeks)$/

/** A time to wait for something. Mesos counts in 64 bits of nanoseconds, which is 292 years. */
export const mesosDuration: Type<string> = {
  ...textual('duration', 'a Mesos duration such as 10mins', mesosForm),
  schema: z.string().check(
    z.regex(mesosForm),
    z.refine(value => (durationOf(value) ?? 0) >= 1),
  ),
  hint: value => {
    if (!mesosForm.test(String(value))) return undefined
    return durationOf(value) === undefined ? 'the maximum is 15250weeks' : 'the minimum is 1secs'
  },
}

const goForm = /^(\d+(\.\d+)?(ms|s|m|h))+$/

/** How long a DNS answer may be kept: in whole seconds, 31 bits of them (RFC 2181, section 8). */
export const dnsTtl: Type<string> = {
  ...textual('duration', 'a Consul duration such as 5s', goForm),
  schema: z.string().check(
    z.regex(goForm),
    z.refine(value => isTtl(goSeconds(value))),
  ),
  hint: value => {
    if (!goForm.test(String(value))) return undefined
    return goSeconds(String(value)) < 1
      ? 'DNS counts whole seconds: write 1s, or 0s to turn caching off'
      : 'the maximum is 596523h'
  },
}

const goUnits: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 }

function goSeconds(value: string): number {
  const parts = [...value.matchAll(/([\d.]+)([a-z]+)/g)]
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (goUnits[unit] ?? 0), 0)
}

/** A time of whole seconds in the form of Go, between two bounds in seconds. */
const wholeSeconds = (name: string, bounds: readonly [text: string, seconds: number][]): Type<string> => {
  const [[minText, min], [maxText, max]] = bounds as [[string, number], [string, number]]
  return {
    ...textual(name, `a duration from ${minText} to ${maxText}, such as 90s or 15m`, goForm),
    schema: z.string().check(
      z.regex(goForm),
      z.refine(value => {
        const seconds = goSeconds(value)
        return Number.isInteger(seconds) && seconds >= min && seconds <= max
      }),
    ),
    hint: value => {
      if (!goForm.test(String(value))) return undefined
      const seconds = goSeconds(String(value))
      if (seconds < min) return `the minimum is ${minText}`
      return seconds > max ? `the maximum is ${maxText}` : 'use whole seconds'
    },
  }
}

const most = ['8h', 28_800] as const

/** How long tasks may take to stop. */
export const gracePeriod = wholeSeconds('duration', [['0s', 0], [...most]])

/** How long Auto Scaling waits. A lifecycle hook waits at least 30 s for each heartbeat, and at most 100 heartbeats. */
export const drainTimeout = wholeSeconds('duration', [['30s', 30], [...most]])

/** The seconds of a duration that was checked. */
export function secondsOf(duration: string): number {
  return goSeconds(duration)
}

const isTtl = (seconds: number) => seconds === 0 || (seconds >= 1 && seconds < 2 ** 31)
