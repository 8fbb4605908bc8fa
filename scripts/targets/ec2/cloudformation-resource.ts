import type { Role } from '../../cluster/firewall.ts'

/** A CloudFormation resource. */
export interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly UpdatePolicy?: Readonly<Record<string, unknown>>
  readonly DependsOn?: readonly string[]
}

/** Resources by their logical IDs. */
export type Resources = Readonly<Record<string, Resource>>

/** The logical ID of a role's security group. */
export function groupLogicalId(role: Role): string {
  return `${capital(role)}SecurityGroup`
}

/** A reference to the ID of a role's security group. */
export function groupReference(role: Role) {
  return { 'Fn::GetAtt': [groupLogicalId(role), 'GroupId'] }
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
