import { placeAt } from './find-place.ts'
import { type Place, placesIn } from './places.ts'
import { isAboutSecrets, type Problem } from './problems.ts'
import { yaml } from './schema.ts'
import { dotted } from './secret-text.ts'
import type { Source, Span } from './source.ts'

/** A text in which every secret that was found is replaced by dots. Lines and columns do not change. */
export function masked({ file, text }: Source, problems: readonly Problem[]): Source {
  const secrets = problems.filter(problem => isAboutSecrets(problem) && problem.path.of === 'inventory')
  if (secrets.length === 0) return { file, text }
  const root = placesIn(text, yaml)
  const spans = secrets.flatMap(({ path }) => {
    const place = placeAt(root, path)
    return place === undefined ? [] : spansIn(place, new Set())
  })
  return { file, text: spans.reduce(dotted, text) }
}

/** Every text and number in a value. */
function spansIn(place: Place, seen: Set<Place>): readonly Span[] {
  if (seen.has(place)) return []
  seen.add(place)
  if (place.kind === 'scalar') return place.span === undefined ? [] : [place.span]
  return [...place.entries.values()].flatMap(entry => spansIn(entry.place, seen))
}
