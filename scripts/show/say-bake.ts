import type { SaidStep } from '../plan/step.ts'
import { saySteps } from './say-plan.ts'
import type { Screen } from './style.ts'

/** The plan of a bake as people see it. */
export interface BakeView {
  /** A line for each image. */
  readonly images: readonly string[]
  readonly steps: readonly SaidStep[]
  /** What is said when there are no steps. */
  readonly nothing: string
}

/** The whole plan of a bake. */
export function sayBake({ images, steps, nothing }: BakeView, screen: Screen): string {
  const body = steps.length === 0 ? [nothing] : saySteps(steps, screen)
  return (images.length === 0 ? body : [...images, '', ...body]).join('\n')
}
