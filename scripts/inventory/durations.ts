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

const isTtl = (seconds: number) => seconds === 0 || (seconds >= 1 && seconds < 2 ** 31)
