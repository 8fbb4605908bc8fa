import { readFileSync } from 'node:fs'

// Evaluates IAM policies, as far as docs/aws.md uses the policy language. Anything else is an error, so that no
// condition is ignored silently (IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements").

/** A permission that AWS checks: an action on a resource. */
export interface Ask {
  readonly action: string
  readonly resource: string
  /** The condition keys for which AWS provides a value. */
  readonly context: Readonly<Record<string, string>>
}

type Values = string | readonly string[]

interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: Values
  readonly Resource: Values
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Values>>>>
}

export interface Policy {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** A policy in docs/aws.md, by the heading above it. */
export function documentedPolicy(heading: string): Policy {
  const page = readFileSync('docs/aws.md', 'utf8')
  const section = new RegExp(`^#+ ${heading}\\n[\\s\\S]*?\`\`\`json\\n([\\s\\S]*?)\`\`\``, 'm').exec(page)
  return JSON.parse(section?.[1] ?? 'null')
}

function listOf(values: Values): readonly string[] {
  return typeof values === 'string' ? [values] : values
}

/** Whether a policy allows a permission: a statement allows it, and none denies it. */
export function allows(policy: Policy, ask: Ask): boolean {
  const effects = policy.Statement.filter(one => matches(one, ask)).map(({ Effect }) => Effect)
  return effects.includes('Allow') && !effects.includes('Deny')
}

/** The parts of a policy: each action and each resource of each statement. */
export function partsOf(policy: Policy): readonly string[] {
  return policy.Statement.flatMap(({ Sid, Action, Resource }) =>
    [...listOf(Action), ...listOf(Resource)].map(part => `${Sid}: ${part}`),
  )
}

/** A policy without one of its parts, as named by `partsOf`. */
export function without(policy: Policy, part: string): Policy {
  const Statement = policy.Statement.map(one => {
    const others = (values: Values) => listOf(values).filter(value => `${one.Sid}: ${value}` !== part)
    return { ...one, Action: others(one.Action), Resource: others(one.Resource) }
  })
  return { ...policy, Statement }
}

/** The policy restricted to a single cluster, as described in docs/aws.md. */
export function forCluster(policy: Policy, cluster: string): Policy {
  const text = JSON.stringify(policy).replaceAll(
    'Tag/mesos-bakery:cluster":"*"',
    `Tag/mesos-bakery:cluster":"${cluster}"`,
  )
  const { Statement, ...rest }: Policy = JSON.parse(text)
  const own = (arn: string) =>
    ['', '.ldr'].map(end => arn.replace(/mesos-bakery-\*$/, `mesos-bakery-us-east-1-${cluster}${end}`))
  return {
    ...rest,
    Statement: Statement.map(one => ({
      ...one,
      Resource: listOf(one.Resource).flatMap(arn => (arn.endsWith('mesos-bakery-*') ? own(arn) : [arn])),
    })),
  }
}

const known = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition'])

function matches(statement: Statement, ask: Ask): boolean {
  const unknown = Object.keys(statement).find(key => !known.has(key))
  if (unknown !== undefined) throw new Error(`${statement.Sid}: ${unknown} is not supported here`)
  return (
    listOf(statement.Action).some(action => isAction(action, ask)) &&
    listOf(statement.Resource).some(resource => isLike(resource, ask.resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, contextOf(ask, key), listOf(values))),
    )
  )
}

/** Actions are case-insensitive; resources and the values of conditions are not. */
function isAction(pattern: string, { action }: Ask): boolean {
  return isLike(pattern.toLowerCase(), action.toLowerCase())
}

/** The names of condition keys are case-insensitive, too. */
function contextOf({ context }: Ask, key: string): string | undefined {
  return Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
}

function holds(operator: string, value: string | undefined, patterns: readonly string[]): boolean {
  switch (operator) {
    case 'StringEquals':
      return value !== undefined && patterns.includes(value)
    case 'StringLike':
      return value !== undefined && patterns.some(pattern => isLike(pattern, value))
    case 'StringLikeIfExists':
      return value === undefined || holds('StringLike', value, patterns)
    case 'Null':
      return patterns.includes(String(value === undefined))
    default:
      throw new Error(`the condition operator ${operator} is not supported here`)
  }
}

/** `*` matches any text, including empty text, and `?` matches one character. */
function isLike(pattern: string, text: string): boolean {
  if (pattern.includes('${')) throw new Error(`the policy variable in ${pattern} is not supported here`)
  const escaped = pattern.replaceAll(/[.+^$()|[\]{}\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '[\\s\\S]*').replaceAll('?', '[\\s\\S]')}$`).test(text)
}
