import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cached } from './cache.ts'

export interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default?: string }>>
  readonly Resources: Readonly<Record<string, TemplateResource>>
}

export interface TemplateResource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly DependsOn?: readonly string[]
}

/**
 * Evaluates a value as CloudFormation would: a small evaluator of the intrinsic functions that may occur in our
 * templates and in templates of users. References to missing resources are errors, as in CloudFormation.
 */
export function evaluate(value: unknown, template: Template): unknown {
  if (Array.isArray(value)) return value.map(one => evaluate(one, template))
  if (typeof value !== 'object' || value === null) return value
  const [[name = '', argument], ...others] = Object.entries(value) as [[string, unknown], ...unknown[]]
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::')))
    return call(name, argument, template)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, evaluate(one, template)]))
}

function call(name: string, argument: unknown, template: Template): unknown {
  switch (name) {
    case 'Ref':
      return reference(String(argument), template)
    case 'Fn::GetAtt': {
      const [id = '', attribute] = argument as string[]
      return `${resource(id, template)}.${attribute}`
    }
    case 'Fn::Base64':
      return Buffer.from(String(evaluate(argument, template))).toString('base64')
    case 'Fn::Sub':
      return String(argument).replace(/\$\{(!?)([^}]*)\}/g, (_, bang: string, id: string) =>
        bang === '!' ? `\${${id}}` : String(reference(id, template)),
      )
    default:
      throw new Error(`${name} is not a function that our templates use`)
  }
}

function reference(id: string, template: Template): string {
  if (Object.hasOwn(template.Parameters, id)) return template.Parameters[id]?.Default ?? `given:${id}`
  return resource(id, template)
}

function resource(id: string, { Resources }: Template): string {
  if (!Object.hasOwn(Resources, id)) throw new Error(`the template has no ${id}`)
  return `made:${id}`
}

/** The resources of a type, evaluated, by logical ID. */
export function resourcesIn(template: Template, type: string): ReadonlyMap<string, Record<string, unknown>> {
  const found = Object.entries(template.Resources).filter(([, { Type }]) => Type === type)
  return new Map(
    found.map(([id, { Properties }]) => [id, evaluate(Properties, template) as Record<string, unknown>]),
  )
}

/** The base64 user data of every launch template, by the name of the template. */
export function userDataIn(template: Template): Readonly<Record<string, string>> {
  const templates = resourcesIn(template, 'AWS::EC2::LaunchTemplate').values()
  return Object.fromEntries(
    [...templates].map(({ LaunchTemplateName, LaunchTemplateData }) => [
      LaunchTemplateName,
      (LaunchTemplateData as { UserData: string }).UserData,
    ]),
  )
}

/** cfn-lint, in the version pinned in .ci/cfn-lint.txt. */
const version = /^cfn-lint==(.*)$/m.exec(
  readFileSync(new URL('../../.ci/cfn-lint.txt', import.meta.url), 'utf8'),
)?.[1]
const linter = cached(`cfn-lint-${version}`, 'bin', 'cfn-lint')

export const linterMissing = existsSync(linter) ? undefined : `${linter} is missing; run .ci/setup`

/** @throws with all errors that the linter reports for the templates */
export function lint(files: readonly string[]): void {
  execFileSync(linter, ['--regions', 'us-east-1', '--', ...files], { stdio: 'pipe', encoding: 'utf8' })
}
