/** What an element may contain. */
export type Content = Node | string | readonly Content[]

type Attributes = Readonly<Record<string, string | number | boolean | EventListener | undefined>>

/** Creates an element. An attribute that is a function is a listener: `onclick`. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...flat(content))
  return element
}

function flat(content: readonly Content[]): (Node | string)[] {
  return content.flatMap(one => (one instanceof Node || typeof one === 'string' ? [one] : flat(one)))
}

/** The element with an ID, which the page contains from the start. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no element ${id}`)
  return found
}

/**
 * Replaces the parts of an element that differ, because the layout of a whole section takes longer than a user notices.
 * Listeners of equal parts are kept, so what a listener does must be visible in its element.
 */
export function patch(old: Element, next: Element): void {
  if (old.isEqualNode(next)) return
  const isAlike = hasOnlyElements(old) && hasOnlyElements(next)
  if (!isAlike || !old.cloneNode(false).isEqualNode(next.cloneNode(false))) {
    old.replaceWith(next)
    return
  }
  const [before, after] = [[...old.children], [...next.children]]
  for (const [index, part] of after.entries()) {
    const former = before[index]
    if (former === undefined) old.append(part)
    else patch(former, part)
  }
  for (const part of before.slice(after.length)) part.remove()
}

function hasOnlyElements({ childElementCount, childNodes }: Element): boolean {
  return childElementCount > 0 && childElementCount === childNodes.length
}

/** A table with headings, in an element that scrolls if it is too wide. */
export function tableOf(
  label: string,
  heads: readonly Content[],
  rows: readonly (readonly Content[])[],
  numeric: readonly number[] = [],
): HTMLElement {
  const numbers = (index: number) => (numeric.includes(index) ? 'number' : undefined)
  const cell = (content: Content, index: number) => make('td', { class: numbers(index) }, content)
  return make(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label },
    make(
      'table',
      {},
      make(
        'thead',
        {},
        make(
          'tr',
          {},
          heads.map((head, index) => make('th', { scope: 'col', class: numbers(index) }, head)),
        ),
      ),
      make(
        'tbody',
        {},
        rows.map(row => make('tr', {}, row.map(cell))),
      ),
    ),
  )
}
