/** The quorum of `leaders` leaders: ⌊N/2⌋ + 1. Mesos takes N to be 2 × quorum − 1. */
export function quorumOf(leaders: number): number {
  return Math.floor(leaders / 2) + 1
}

/**
 * Why a number of leaders is refused, and which numbers are valid. Undefined if it is valid.
 * An even number tolerates no more failures than the odd one below it, and Mesos can't express it.
 */
export function leadersTrouble(leaders: number): { message: string; help: string } | undefined {
  if (leaders % 2 === 1) return undefined
  const neighbours = leaders === 0 ? '1 or 3' : `${leaders - 1} or ${leaders + 1}`
  return { message: `must be odd, got ${leaders}`, help: `use ${neighbours}` }
}
