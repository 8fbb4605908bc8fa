import leven from 'leven'

/**
 * The help for a misspelled name: `did you mean "mesos_zk_dns"?`. Undefined if no known name is similar.
 * In similar names, at most a third of the letters differ.
 *
 * @param taken the other keys of the map; a key that already exists is not suggested
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

/** The same as the end of a sentence. Empty if no known name is similar. */
export function didYouMean(name: string, known: readonly string[]): string {
  const found = suggestion(name, known)
  return found === undefined ? '' : `; ${found}`
}
