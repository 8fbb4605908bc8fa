import type { World } from './world.ts'

export type Tags = Record<string, string>

interface Made {
  readonly id: string
  readonly madeAt: number
  tags: Tags
}

export interface Group extends Made {
  readonly name: string
  readonly vpc: string
  /** `sg-…<sg-…:tcp:5050-5050`. */
  readonly rules: Map<string, Rule>
}

export interface Rule {
  readonly protocol: string
  readonly first: number
  readonly last: number
  readonly from: string
}

export interface Version {
  readonly number: number
  readonly description: string
  readonly data: Record<string, unknown>
  readonly by: string
  readonly madeAt: number
}

export interface Template extends Made {
  readonly name: string
  readonly versions: Version[]
}

export interface Interface extends Made {
  readonly subnet: string
  groups: string[]
  readonly address: string
  /** Whether it was created with an instance, and is deleted with it. */
  readonly ofMachine: boolean
}

export interface Machine extends Made {
  readonly nic: string
  readonly userData: string
  readonly type: string
  readonly image: string
  readonly keyName: string | undefined
  readonly rootGb: number
  readonly pool: string | undefined
  readonly templateVersion: string
  guarded: boolean
  stopped: boolean
  endedAt: number | undefined
}

export interface ScalingGroup {
  readonly name: string
  readonly tags: Tags
  readonly madeAt: number
  template: string
  version: string
  min: number
  max: number
  desired: number
  subnets: string
  deleting: boolean
  /** Kept, but without effect: no history here depends on when a follower ends. */
  hook?: Record<string, unknown>
}

export interface Role {
  readonly tags: Tags
  policy: string | undefined
}

export interface Profile {
  readonly tags: Tags
  readonly madeAt: number
  role: { readonly name: string; readonly since: number } | undefined
}

/** How long new resources take to become visible, in milliseconds, for each service. */
export interface Lags {
  readonly machines: number
  readonly interfaces: number
  readonly templates: number
  readonly groups: number
  readonly iam: number
}

/** An account, with what is visible of it. */
export interface Store {
  readonly world: World
  readonly lags: Lags
  readonly groups: Map<string, Group>
  readonly templates: Map<string, Template>
  readonly interfaces: Map<string, Interface>
  readonly machines: Map<string, Machine>
  readonly pools: Map<string, ScalingGroup>
  readonly roles: Map<string, Role>
  readonly profiles: Map<string, Profile>
  readonly images: Map<string, string>
  made: number
}

export const prompt: Lags = { machines: 0, interfaces: 0, templates: 0, groups: 0, iam: 0 }

/** An empty account with three subnets and an image for each architecture. */
export function makeStore(world: World, lags: Lags): Store {
  return {
    world,
    lags,
    groups: new Map(),
    templates: new Map(),
    interfaces: new Map(),
    machines: new Map(),
    pools: new Map(),
    roles: new Map(),
    profiles: new Map(),
    images: new Map([
      ['ami-amd64', 'x86_64'],
      ['ami-newer', 'x86_64'],
    ]),
    made: 0,
  }
}

export function newId(store: Store, kind: string): string {
  store.made += 1
  return `${kind}-${String(store.made).padStart(4, '0')}`
}

const shutdown = 3_000
const hour = 3_600_000

/** The current state of an instance. Undefined if EC2 no longer lists it. */
export function stateOf({ world }: Store, { madeAt, endedAt, stopped }: Machine): string | undefined {
  const now = world.clock.now()
  if (endedAt !== undefined) {
    if (now > endedAt + hour) return undefined
    return now < endedAt + shutdown ? 'shutting-down' : 'terminated'
  }
  if (stopped) return 'stopped'
  return now < madeAt + 2_000 ? 'pending' : 'running'
}

/** The instances that are not terminated. */
export function alive(store: Store): readonly Machine[] {
  return [...store.machines.values()].filter(machine => {
    const state = stateOf(store, machine)
    return state !== undefined && state !== 'terminated'
  })
}

/** The instance that a network interface is attached to. */
export function holderOf(store: Store, nic: string): Machine | undefined {
  return alive(store).find(machine => machine.nic === nic)
}

export function isKnown({ world, lags }: Store, kind: keyof Lags, { madeAt }: { madeAt: number }): boolean {
  return world.clock.now() >= madeAt + lags[kind]
}

/** Converts tags from the format of the API. */
export function toTags(list: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Tags {
  return Object.fromEntries(list.map(({ Key = '', Value = '' }) => [Key, Value]))
}

export function fromTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** The tags for one kind of resource in a creating call. */
export function tagsFor(kind: string, specifications: unknown): Tags {
  const all = (specifications ?? []) as { ResourceType?: string; Tags?: { Key: string; Value: string }[] }[]
  return toTags(all.filter(({ ResourceType }) => ResourceType === kind).flatMap(({ Tags = [] }) => Tags))
}

export interface Filter {
  readonly Name?: string | undefined
  readonly Values?: readonly string[] | undefined
}

/** Whether a resource matches all filters. */
export function passes(
  filters: readonly Filter[] | undefined,
  tags: Tags,
  fields: Readonly<Record<string, string | undefined>>,
): boolean {
  return (filters ?? []).every(({ Name = '', Values = [] }) => {
    if (Name === 'tag-key') return Values.some(key => key in tags)
    const value = Name.startsWith('tag:') ? tags[Name.slice(4)] : fields[Name]
    return value !== undefined && Values.includes(value)
  })
}
