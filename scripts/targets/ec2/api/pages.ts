/**
 * Everything on all pages of a listing. A page may be short or empty, and not be the last.
 *
 * @param pages as the SDK's paginators give them
 */
export async function everyOf<P, T>(
  pages: AsyncIterable<P>,
  itemsOf: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
  const items: T[] = []
  for await (const page of pages) items.push(...(itemsOf(page) ?? []))
  return items
}
