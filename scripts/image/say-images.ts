import { table } from '../show/table.ts'
import { shortFingerprint } from './fingerprint.ts'
import type { ListedImage } from './prune.ts'

/** Images as a table, the newest of each kind first. */
export function sayImages(images: readonly ListedImage[], now: number): string {
  if (images.length === 0) return 'No baked images found.'
  const rows = images.map(image => [
    image.name,
    image.architecture ?? '-',
    image.region,
    image.id,
    shortFingerprint(image.fingerprint),
    sayAge(now - Date.parse(image.created)),
    sayState(image),
  ])
  return table([['IMAGE', 'ARCH', 'REGION', 'ID', 'FINGERPRINT', 'AGE', 'USED BY'], ...rows]).join('\n')
}

function sayState({ proven, uses }: ListedImage): string {
  const [first = '-', ...others] = uses
  const used = others.length === 0 ? first : `${first} and ${others.length} more`
  return proven ? used : `${used} (unfinished)`
}

/** An age: `5 min`, `3 h`, `12 d`. */
function sayAge(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  if (minutes < 120) return `${minutes} min`
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} d`
}

/** What pruning deletes, and what it keeps and why. */
export function sayPruning(images: readonly ListedImage[]): string {
  const going = images.filter(({ kept }) => kept === undefined)
  if (going.length === 0) return 'Nothing to prune.'
  const rows = going.map(({ title, id, region, snapshots }) => [
    `  - ${title}`,
    id,
    `in ${region}`,
    snapshots.length === 0 ? '' : `with ${snapshots.join(', ')}`,
  ])
  return [...table(rows), '', `${going.length} of ${images.length} images.`].join('\n')
}
