import type { Opening } from '../cluster/firewall.ts'
import { quorumOf } from '../cluster/quorum.ts'
import type { LaunchContainer, LocalRemoval, LocalStep } from '../targets/containers/container-step.ts'
import { sayClaim } from '../targets/ec2/claim.ts'
import type { Removal, Step, StepOf } from '../targets/ec2/step.ts'

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
  if (step.action === 'delete') {
    const parts = [step.target === name ? '' : step.target, 'why' in step ? (step.why ?? '') : '']
    return { sign: '-', kind: step.kind, name, detail: parts.filter(part => part !== '').join(', ') }
  }
  const sign = step.action === 'update' || step.action === 'replace' || step.action === 'start' ? '~' : '+'
  if (step.action === 'start')
    return { sign, kind: step.kind, name, detail: 'starts again, with what it had' }
  switch (step.kind) {
    case 'security group':
      if (step.action === 'create') return { sign, kind: step.kind, name, detail: '' }
      return { sign: step.close.length > 0 ? '~' : '+', kind: 'rules', name, detail: sayRules(step) }
    case 'claim':
      return { sign, kind: step.kind, name, detail: sayClaimStep(step) }
    case 'formation':
      return { sign, kind: 'claim', name, detail: 'mark that every seat has had a machine' }
    case 'network interface':
      return {
        sign,
        kind: step.kind,
        name,
        detail: `${step.target}, security groups: ${step.changes.join(', ')}`,
      }
    case 'tags':
      return { sign, kind: step.kind, name, detail: sayTags(step.tags) }
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
  const parts = [open.length > 0 && `open ${portsIn(open)}`, close.length > 0 && `close ${portsIn(close)}`]
  return parts.filter(part => part !== false).join('; ')
}

/** The ports of openings, each once: `2181, 8301 tcp and udp, 31000-32000`. */
export function portsIn(openings: readonly Opening[]): string {
  const protocols = new Map<string, Set<string>>()
  for (const { first, last, protocol } of [...openings].sort((a, b) => a.first - b.first)) {
    const range = first === last ? `${first}` : `${first}-${last}`
    protocols.set(range, (protocols.get(range) ?? new Set()).add(protocol))
  }
  return [...protocols]
    .map(([range, of]) => (of.has('udp') ? `${range} ${[...of].sort().join(' and ')}` : range))
    .join(', ')
}

function sayClaimStep({ agreed, follows, seats, retires, protects }: StepOf<'claim'>): string {
  const { leaders } = agreed
  const was = follows !== undefined && follows.agreed.leaders !== leaders ? ` (was ${sayClaim(follows)})` : ''
  return [
    `${count(leaders, 'leader')}, quorum ${quorumOf(leaders)}${was}`,
    seats.length > 0 ? `create ${count(seats.length, 'network interface')}` : '',
    retires.length > 0 ? `delete ${retires.join(', ')}` : '',
    protects.length > 0 ? `protect ${protects.join(', ')} from termination` : '',
  ]
    .filter(part => part !== '')
    .join('; ')
}

function sayTags(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')
}

/** `1 leader`, `3 leaders`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}

function sayPool({ min, max, instanceType, subnets, changes }: Extract<Step, { kind: 'pool' }>): string {
  if (changes.length > 0) return changes.join(', ')
  return `${min === max ? min : `${min} to ${max}`} × ${instanceType} in ${subnets.join(', ')}`
}
