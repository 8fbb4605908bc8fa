import type { Step } from '../plan/step.ts'

/** Steps of one kind that are carried out at the same time. */
export interface Box {
  readonly sign: '+' | '~' | '-'
  readonly kind: string
  readonly names: readonly string[]
}

/**
 * The order of a plan: each stage contains the steps whose needs are done after the stage before it. Steps of the same
 * kind are one box.
 */
export function stagesOf(steps: readonly Step[]): readonly (readonly Box[])[] {
  const depths = new Map<string, number>()
  const byId = new Map(steps.map(step => [step.id, step]))
  const depthOf = (step: Step): number => {
    const known = depths.get(step.id)
    if (known !== undefined) return known
    const needs = step.needs.flatMap(id => byId.get(id) ?? [])
    const depth = Math.max(0, ...needs.map(need => depthOf(need) + 1))
    depths.set(step.id, depth)
    return depth
  }
  const stages: Step[][] = []
  for (const step of steps) {
    const depth = depthOf(step)
    stages[depth] = [...(stages[depth] ?? []), step]
  }
  return stages.map(boxesOf)
}

function boxesOf(steps: readonly Step[]): readonly Box[] {
  const boxes = new Map<string, Box>()
  for (const { name, says } of steps) {
    const kind = says.title.replace(/ \d+$/, '')
    const key = `${says.sign} ${kind}`
    const names = [...(boxes.get(key)?.names ?? []), name]
    boxes.set(key, { sign: says.sign, kind, names })
  }
  return [...boxes.values()]
}
