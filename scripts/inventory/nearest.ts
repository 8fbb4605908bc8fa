import leven from 'leven'

/**
 * The way out of a misspelling: `did you mean "mesos_zk_dns"?`, or nothing when no known name is near.
 * Near means that at most a third of the letters differ.
 *
 * @param taken what stands beside it: a key that is there already cannot be given again
 */
export function suggestion(name: string, known: readonly string[], taken: object = {}): string | undefined {
  const limit = Math.max(2, Math.floor(name.length / 3))
  const [best] = known
    .map(candidate => ({ candidate, distance: leven(name, candidate, { maxDistance: limit + 1 }) }))
    .filter(({ candidate, distance }) => distance <= limit && distance < candidate.length)
    .sort((a, b) => a.distance - b.distance)
  if (best === undefined) return undefined
  const { candidate } = best
  return Object.hasOwn(taken, candidate)
    ? `remove it; ${candidate} is also set`
    : `did you mean "${candidate}"?`
}

/** The same as the end of a sentence, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const found = suggestion(name, known)
  return found === undefined ? '' : `; ${found}`
}
