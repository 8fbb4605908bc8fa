/** When a call started and ended, in milliseconds of any clock. */
export interface Timed {
  start: number
  end: number
}

/**
 * The longest chain of calls in which each starts after the one before ended: what latency is multiplied
 * by.
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
