import type { BakedImage, ImageUse } from '../targets/ec2/baked-image.ts'

/** An image as it is listed. */
export interface ListedImage extends BakedImage {
  readonly uses: readonly string[]
  /** Why it is kept when others of its name are pruned, or nothing when it goes. */
  readonly kept: string | undefined
}

/**
 * Images by name, architecture and region, the newest first, each with what uses it and what keeps it.
 *
 * Kept are the newest `keep` proven ones of each kind, at least one; what is used, proven or not; and what a bake may
 * still be working on.
 */
export function listImages(
  images: readonly BakedImage[],
  uses: readonly ImageUse[],
  rules: { readonly keep: number; readonly isOver: (run: string) => boolean },
): readonly ListedImage[] {
  const keep = Math.max(1, rules.keep)
  const kinds = [...new Set(images.map(kindOf))].sort()
  return kinds.flatMap(kind => {
    const newest = images
      .filter(image => kindOf(image) === kind)
      .sort((a, b) => (a.created < b.created ? 1 : -1))
    const proven = newest.filter(image => image.proven && image.available)
    return newest.map(image => {
      const by = [...new Set(uses.filter(use => use.image === image.id).map(use => use.by))]
      return { ...image, uses: by, kept: reasonToKeep(image, by, proven.indexOf(image), { ...rules, keep }) }
    })
  })
}

function kindOf({ name, architecture, region }: BakedImage): string {
  return `${name} ${architecture} ${region}`
}

function reasonToKeep(
  { proven, run }: BakedImage,
  uses: readonly string[],
  place: number,
  { keep, isOver }: { readonly keep: number; readonly isOver: (run: string) => boolean },
): string | undefined {
  if (uses.length > 0) return 'in use'
  if (place >= 0 && place < keep) return place === 0 ? 'newest' : `among the newest ${keep}`
  if (!proven && !isOver(run)) return 'being baked'
  return undefined
}
