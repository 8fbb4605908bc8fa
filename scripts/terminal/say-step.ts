import type { LaunchContainer, LocalRemoval, LocalStep } from '../plan/local/step.ts'
import type { Removal, Step, StepOf } from '../plan/step.ts'

/** A step on any target. */
export type AnyStep = Step | Removal | LocalStep | LocalRemoval

/** A step for a person: what it does it to, and how. */
export interface SaidStep {
  readonly sign: '+' | '~' | '-'
  readonly kind: string
  readonly name: string
  readonly detail: string
}

/** Says a step as a plan lists it. */
export function sayStep(step: AnyStep): SaidStep {
  const { name } = step
  if (step.action === 'delete')
    return { sign: '-', kind: step.kind, name, detail: step.target === name ? '' : step.target }
  const sign = step.action === 'update' || step.action === 'replace' || step.action === 'start' ? '~' : '+'
  if (step.action === 'start')
    return { sign, kind: step.kind, name, detail: 'starts again, with what it had' }
  switch (step.kind) {
    case 'security group':
      if (step.action === 'create') return { sign, kind: step.kind, name, detail: '' }
      return { sign: step.close.length > 0 ? '~' : '+', kind: 'rules', name, detail: sayRules(step) }
    case 'instance profile':
      return { sign, kind: step.kind, name, detail: 'may list instances' }
    case 'user-data':
      return { sign, kind: step.kind, name, detail: `${step.bytes} bytes into s3://${step.bucket}` }
    case 'launch template':
      return { sign, kind: step.kind, name, detail: `${step.template.instanceType}, ${step.template.image}` }
    case 'network':
      return { sign, kind: step.kind, name, detail: step.subnet }
    case 'follower':
      return { sign, kind: step.kind, name, detail: sayContainer(step) }
    case 'seat': {
      if (!('subnet' in step)) return { sign, kind: `seat ${step.seat}`, name, detail: sayContainer(step) }
      const after = step.after.length === 0 ? '' : `, after ${step.after.join(', ')}`
      const detail = `${step.instanceType} in ${step.subnet}${after}`
      return { sign, kind: `seat ${step.seat}`, name, detail }
    }
    case 'pool':
      return { sign, kind: step.kind, name, detail: sayPool(step) }
  }
}

function sayContainer({ image, address, reasons, after }: LaunchContainer): string {
  return [`${address}, ${image}`, after.length === 0 ? '' : `in place of ${after.join(', ')}`, ...reasons]
    .filter(part => part !== '')
    .join(', ')
}

function sayRules({ open, close }: StepOf<'security group', 'update'>): string {
  const parts = [open.length > 0 && `open ${open.length}`, close.length > 0 && `close ${close.length}`]
  return `${parts.filter(part => part !== false).join(', ')} ports`
}

function sayPool({ min, max, instanceType, subnets, changes }: Extract<Step, { kind: 'pool' }>): string {
  if (changes.length > 0) return changes.join(', ')
  return `${min === max ? min : `${min} to ${max}`} × ${instanceType} in ${subnets.join(', ')}`
}
