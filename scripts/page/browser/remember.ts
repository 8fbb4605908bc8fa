/** More texts than a page shows at a time. */
const most = 2_000

/** A function of a text that remembers its results, because an edit leaves most user data as it is. */
export function remembering<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return text => {
    const before = known.get(text)
    if (before !== undefined) return before
    if (known.size >= most) known.clear()
    const result = compute(text)
    known.set(text, result)
    return result
  }
}
