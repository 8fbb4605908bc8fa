import type { SaidStep } from '../plan/step.ts'
import { saySteps } from './say-plan.ts'
import type { Screen } from './style.ts'

/** The plan of a bake as it is shown. */
export interface BakeView {
  /** A line for each image. */
  readonly images: readonly string[]
  readonly steps: readonly SaidStep[]
  /** Shown if there are no steps. */
  readonly nothing: string
}

/** The plan of a bake as text. */
export function sayBake({ images, steps, nothing }: BakeView, screen: Screen): string {
  const body = steps.length === 0 ? [nothing] : saySteps(steps, screen)
  return (images.length === 0 ? body : [...images, '', ...body]).join('\n')
}
