/**
 * `Promise.all`, but when one fails, the others come to their end before that is thrown.
 *
 * @param signal its reason is thrown instead where it was aborted
 */
export async function allEnded<const T extends readonly unknown[]>(works: T, signal?: AbortSignal) {
  await Promise.allSettled(works)
  signal?.throwIfAborted()
  return Promise.all(works)
}
