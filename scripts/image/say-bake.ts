import type { Style } from '../show/style.ts'
import { wideTable } from '../show/table.ts'
import type { BakePlan, BakeStep, PlannedImage } from './bake-plan.ts'
import { shortFingerprint } from './fingerprint.ts'

/** The whole plan of a bake: `+` makes, `~` changes, `-` deletes. */
export function sayBake(plan: BakePlan, style: Style, columns: number): string {
  const paint = { '+': style.good, '~': style.changed, '-': style.bad }
  const rows = plan.steps.map(sayStep)
  const lines = wideTable(rows, columns).map(line => {
    const sign = /^ {2}([+~-]) /.exec(line)?.[1] as '+' | '~' | '-' | undefined
    return sign === undefined ? style.dim(line) : `  ${paint[sign](sign)}${line.slice(3)}`
  })
  const body = lines.length === 0 ? ['Nothing to do: all of it is baked and published.'] : lines
  return [...plan.images.map(one => sayImage(plan, one)), '', ...body].join('\n')
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

function sayStep(step: BakeStep): readonly string[] {
  switch (step.action) {
    case 'remove':
      return ['  - remove', `${step.kind} ${step.id}`, `left in ${step.region} by the bake ${step.run}`]
    case 'build':
      return ['  + build', step.title, `from ${step.base}, in ${step.regions.join(', ')}`]
    case 'copy':
      return ['  + copy', step.image.title, `${step.image.id}, from ${step.image.region} to ${step.region}`]
    case 'publish': {
      const sign = step.instead === undefined ? '+' : '~'
      const image = step.image ?? 'the new image'
      const instead = step.instead === undefined ? '' : `, instead of ${step.instead}`
      return [`  ${sign} publish`, step.parameter, `${image} in ${step.region}${instead}`]
    }
  }
}
