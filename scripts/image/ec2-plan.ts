import type { Architecture } from '../cluster/cluster.ts'
import type { SaidStep } from '../plan/step.ts'
import type { BakedImage, BaseImage, Leftover, Published } from '../targets/ec2/baked-image.ts'
import { shortFingerprint } from './fingerprint.ts'

/** A step of a bake, with its description. */
export type BakeStep = SaidStep &
  (
    | ({ readonly action: 'remove' } & Leftover)
    | {
        readonly action: 'build'
        readonly architecture: Architecture
        /** The name of the AMI. */
        readonly title: string
        readonly base: string
        readonly regions: readonly string[]
      }
    | {
        readonly action: 'copy'
        readonly architecture: Architecture
        readonly image: BakedImage
        readonly region: string
      }
    | {
        readonly action: 'publish'
        readonly architecture: Architecture
        readonly parameter: string
        readonly region: string
        /** The image, if it is known before the bake. */
        readonly image: string | undefined
        /** The image that is currently published. */
        readonly instead: string | undefined
      }
  )

/** All steps of a bake. A plain value, which a dry run prints. */
export interface BakePlan {
  readonly image: string
  readonly account: string
  readonly images: readonly PlannedImage[]
  readonly steps: readonly BakeStep[]
}

/** An architecture of the image, as described by the inventory. */
export interface PlannedImage {
  readonly architecture: Architecture
  /** Undefined until the artifacts are pinned. */
  readonly fingerprint: string | undefined
  readonly base: BaseImage
  /** The existing images with this fingerprint, by region. */
  readonly present: Readonly<Record<string, string>>
}

/** The facts that a plan is based on. */
export interface BakeFacts {
  readonly image: string
  readonly account: string
  /** The region of the build, followed by the regions that get copies. */
  readonly regions: readonly [string, ...string[]]
  readonly wanted: readonly Pick<PlannedImage, 'architecture' | 'fingerprint' | 'base'>[]
  readonly baked: readonly BakedImage[]
  readonly published: readonly Published[]
  readonly leftovers: readonly Leftover[]
  readonly parameterOf: (architecture: Architecture) => string
  readonly isOver: (run: string) => boolean
  readonly force: boolean
  /** The time, in the format used in names. */
  readonly stamp: string
}

/** The steps from what exists to an image for each architecture, published in each region. */
export function planImages(facts: BakeFacts): BakePlan {
  const { image, account, leftovers, isOver } = facts
  const parts = facts.wanted.map(wanted => planImage(facts, wanted))
  const remove = leftovers.filter(({ run }) => isOver(run)).map(removeStep)
  const order = ['build', 'copy', 'publish']
  const steps = parts
    .flatMap(part => part.steps)
    .sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action))
  return { image, account, images: parts.map(part => part.planned), steps: [...remove, ...steps] }
}

function planImage(facts: BakeFacts, wanted: BakeFacts['wanted'][number]) {
  const { architecture, fingerprint } = wanted
  const [home, ...others] = facts.regions
  const usable = facts.force || fingerprint === undefined ? [] : usableImages(facts, wanted)
  const source = newest(usable.filter(image => image.region === home))
  if (source === undefined) {
    const title = freeTitle(facts, architecture, fingerprint)
    const publish = facts.regions.flatMap(region => publishStep(facts, architecture, region, undefined))
    return { planned: { ...wanted, present: {} }, steps: [buildStep(facts, wanted, title), ...publish] }
  }
  const copies = others.map(region => ({
    region,
    image: newest(usable.filter(one => one.region === region)),
  }))
  const present = [{ region: home, image: source }, ...copies]
  return {
    planned: {
      ...wanted,
      present: Object.fromEntries(
        present.flatMap(({ region, image }) => (image ? [[region, image.id]] : [])),
      ),
    },
    steps: [
      ...copies
        .filter(({ image }) => image === undefined)
        .map(({ region }) => copyStep(architecture, source, region)),
      ...present.flatMap(({ region, image }) => publishStep(facts, architecture, region, image?.id)),
    ],
  }
}

function usableImages(
  { image, baked }: BakeFacts,
  { architecture, fingerprint }: BakeFacts['wanted'][number],
) {
  return baked.filter(
    one =>
      one.name === image &&
      one.architecture === architecture &&
      one.fingerprint === fingerprint &&
      one.proven &&
      one.available,
  )
}

function newest(images: readonly BakedImage[]): BakedImage | undefined {
  return [...images].sort((a, b) => (a.created < b.created ? -1 : 1)).at(-1)
}

function removeStep(leftover: Leftover): BakeStep {
  const { kind, id, region, run } = leftover
  const says = { sign: '-', title: 'remove', detail: `in ${region}, left by bake ${run}` } as const
  return { action: 'remove', ...leftover, name: `${kind} ${id}`, says }
}

function buildStep(
  { regions }: BakeFacts,
  { architecture, base: { id: base } }: BakeFacts['wanted'][number],
  title: string,
): BakeStep {
  const says = { sign: '+', title: 'build', detail: `from ${base}, in ${regions.join(', ')}` } as const
  return { action: 'build', architecture, title, base, regions, name: title, says }
}

function copyStep(architecture: Architecture, image: BakedImage, region: string): BakeStep {
  const detail = `${image.id}, from ${image.region} to ${region}`
  const says = { sign: '+', title: 'copy', detail } as const
  return { action: 'copy', architecture, image, region, name: image.title, says }
}

function publishStep(
  { published, parameterOf }: BakeFacts,
  architecture: Architecture,
  region: string,
  image: string | undefined,
): readonly BakeStep[] {
  const parameter = parameterOf(architecture)
  const instead = published.find(one => one.region === region && one.parameter === parameter)?.image
  if (image !== undefined && image === instead) return []
  const what = `${image ?? 'the new image'} in ${region}`
  const [sign, detail] =
    instead === undefined ? (['+', what] as const) : (['~', `${what}, instead of ${instead}`] as const)
  const says = { sign, title: 'publish', detail }
  return [{ action: 'publish', architecture, parameter, region, image, instead, name: parameter, says }]
}

/** A name that is not used by an image. Leftover images keep their names until they are deleted. */
function freeTitle(facts: BakeFacts, architecture: Architecture, fingerprint: string | undefined): string {
  const mark = fingerprint === undefined ? 'unpinned' : shortFingerprint(fingerprint)
  const title = `${facts.image}-${architecture}-${mark}`
  return facts.baked.some(image => image.title === title) ? `${title}-${facts.stamp}` : title
}

/** The plan as JSON. */
export function bakeJson({ steps, ...plan }: BakePlan): object {
  return { ...plan, steps: steps.map(({ name: _, says: __, ...step }) => step) }
}

/** The plan as it is shown. */
export function viewOf(plan: BakePlan) {
  return {
    images: plan.images.map(one => sayImage(plan, one)),
    steps: plan.steps,
    nothing: 'No changes: the image is baked and published.',
  }
}

function sayImage(
  { image, account }: BakePlan,
  { architecture, fingerprint, base, present }: PlannedImage,
): string {
  const mark = fingerprint === undefined ? 'not pinned yet' : shortFingerprint(fingerprint)
  const there = Object.entries(present).map(([region, id]) => `${id} in ${region}`)
  const state = there.length === 0 ? `from ${base.name} (${base.id})` : there.join(', ')
  return `${image} for ${architecture}, account ${account}: ${mark}, ${state}`
}
