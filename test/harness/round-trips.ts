/** The start and end of a call, in milliseconds of any clock. */
export interface Timed {
  start: number
  end: number
}

/**
 * The length of the longest chain of calls in which each call starts after the previous one ended. Latency is
 * multiplied by this number.
 */
export function sequentialRoundTrips(calls: readonly Timed[]): number {
  let length = 0
  let free = Number.NEGATIVE_INFINITY
  for (const call of [...calls].sort((a, b) => a.end - b.end)) {
    if (call.start < free) continue
    length += 1
    free = call.end
  }
  return length
}
