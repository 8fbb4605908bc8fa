import leven from 'leven'

/**
 * The way out of a misspelling: `; did you mean "mesos_zk_dns"?`, or nothing when no known name is near.
 * Near means that at most a third of the letters differ.
 */
export function didYouMean(name: string, known: readonly string[]): string {
  const limit = Math.max(2, Math.floor(name.length / 3))
  const [best] = known
    .map(candidate => ({ candidate, distance: leven(name, candidate, { maxDistance: limit + 1 }) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
  return best === undefined ? '' : `; did you mean "${best.candidate}"?`
}
