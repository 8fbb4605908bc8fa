/** The parameters of a request, as parsed by `parseRequest`. */
export type Params = Readonly<Record<string, string>>
type Tags = Readonly<Record<string, string>>

/** The values of a list in a query request: `Key.1`, `Key.2`. Some services insert `member`. */
export function valuesOf(params: Params, key: string): readonly string[] {
  return membersOf(params, key).flatMap(member => member[''] ?? [])
}

/** The members of a list of structures, each with its own parameters. */
export function membersOf(params: Params, key: string): readonly Params[] {
  const members = new Map<number, Record<string, string>>()
  for (const [name, value] of Object.entries(params)) {
    const [, index, rest] = new RegExp(`^${key}\\.(?:member\\.)?(\\d+)(?:\\.(.*))?$`).exec(name) ?? []
    if (index === undefined) continue
    members.set(Number(index), { ...members.get(Number(index)), [rest ?? '']: value })
  }
  return [...members].sort(([a], [b]) => a - b).map(([, member]) => member)
}

/** The tags in a request. */
export function tagsIn(params: Params, key = 'Tag'): Tags {
  return Object.fromEntries(membersOf(params, key).map(({ Key = '', Value = '' }) => [Key, Value]))
}

/** The tags in an EC2 request for a type of resource that it creates. */
export function tagsFor(params: Params, type: string): Tags {
  const specs = membersOf(params, 'TagSpecification').filter(({ ResourceType }) => ResourceType === type)
  return Object.assign({}, ...specs.map(spec => tagsIn(spec)))
}
