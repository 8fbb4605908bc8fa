import type { Architecture, Cluster } from '../cluster/cluster.ts'
import { nothing } from '../targets/ec2/actual.ts'
import type { Change, Ec2Step, StepOf } from '../targets/ec2/ec2-step.ts'
import { unseenImage } from '../targets/ec2/image.ts'
import type { TemplateSpec } from '../targets/ec2/launch-template.ts'
import { planLaunch } from '../targets/ec2/plan-launch.ts'
import { fitted } from '../user-data/fit.ts'
import type { Rendered } from './format.ts'

/** What a launch would create in an empty account, for tools that create it themselves. */
export interface Blueprint {
  readonly cluster: Cluster
  readonly architectures: readonly Architecture[]
  readonly groups: readonly StepOf<'security group', 'create'>[]
  readonly openings: StepOf<'security group', 'update'>['open']
  /** The instance profile to create. Undefined if the inventory names one. */
  readonly profile: StepOf<'instance profile'> | undefined
  readonly seats: readonly SeatPlan[]
  readonly pools: readonly PoolPlan[]
}

/** A seat with the launch template of its instance. */
export interface SeatPlan {
  readonly step: StepOf<'seat'>
  readonly template: TemplateSpec
  readonly userData: Uint8Array
}

export interface PoolPlan {
  readonly step: StepOf<'pool'>
  readonly template: TemplateSpec
  readonly userData: Uint8Array
}

/**
 * Splits a plan by the kind of resource. Images are represented by `imageMark`, because other tools look them up
 * themselves.
 *
 * @throws Refused if a launch would be refused
 */
export function blueprintOf(given: Cluster, nodes: readonly Rendered[]): Blueprint {
  // Other tools would not upload anything to a bucket.
  const cluster = { ...given, userDataBucket: undefined }
  const userData = new Map(nodes.map(one => [one.node.name, one.userData]))
  const imageOf = (machine: Cluster['seats'][number]['machine']) => ({
    ...unseenImage(cluster, machine),
    id: imageMark(machine.architecture),
  })
  const { steps } = planLaunch({ cluster, userData, actual: nothing, imageOf })
  const templates = new Map(
    only(steps, 'launch template').map(({ name, template }) => [name, template] as const),
  )
  const withTemplate = <S extends StepOf<'seat'> | StepOf<'pool'>>(step: S) => {
    const template = templates.get(step.template)
    const one = userData.get(step.name)
    if (template === undefined || one === undefined) throw new Error(`${step.name} is not in its plan`)
    return { step, template, userData: fitted(cluster, one).payload }
  }
  const groups = only(steps, 'security group')
  return {
    cluster,
    architectures: [...new Set(nodes.map(({ node }) => node.machine.architecture))],
    groups: groups.filter(step => step.action === 'create'),
    openings: groups.flatMap(step => (step.action === 'update' ? step.open : [])),
    profile: only(steps, 'instance profile')[0],
    seats: only(steps, 'seat')
      .map(withTemplate)
      .map(({ step, template, userData }) => ({
        step,
        template: { ...template, instanceType: step.instanceType, tags: step.tags },
        userData,
      })),
    pools: only(steps, 'pool').map(withTemplate),
  }
}

function only<K extends Change['kind']>(steps: readonly Ec2Step[], kind: K): readonly StepOf<K>[] {
  return steps.filter((step): step is StepOf<K> => step.kind === kind && step.action !== 'delete')
}

/**
 * A placeholder for the image of an architecture. It contains a character that tags cannot contain, so no tag has the
 * same value.
 */
function imageMark(architecture: Architecture): string {
  return `\0image ${architecture}`
}

/** Replaces the placeholder of each image in a value. */
export function withImages<Image>(value: unknown, imageOf: (architecture: Architecture) => Image): unknown {
  if (typeof value === 'string') {
    const [, architecture] = value.split('\0image ')
    return architecture === undefined ? value : imageOf(architecture as Architecture)
  }
  if (Array.isArray(value)) return value.map(one => withImages(one, imageOf))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withImages(one, imageOf)]))
}
