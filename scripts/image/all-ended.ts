/** `Promise.all`, but when one fails, the others come to their end before that is thrown. */
export async function allEnded<const T extends readonly unknown[]>(works: T) {
  await Promise.allSettled(works)
  return Promise.all(works)
}
