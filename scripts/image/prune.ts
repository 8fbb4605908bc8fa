import type { BakedImage, ImageUse } from '../targets/ec2/baked-image.ts'

/** An image as it is listed. */
export interface ListedImage extends BakedImage {
  readonly uses: readonly string[]
  /** Why pruning keeps it. Undefined if it is deleted. */
  readonly kept: string | undefined
}

/**
 * Images by name, architecture and region, the newest first, each with what uses it and why it is kept.
 *
 * Kept are: the newest `keep` completed images of each kind, at least one; images in use, completed or not; and images
 * that may still be being baked.
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
