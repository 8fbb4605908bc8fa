import { defaultTarget, type TargetName } from '../targets/list.ts'
import { checkFields, checkType, checkVars, type Mapping, type Outcome } from './check-fields.ts'
import { withCloudConfig } from './cloud-config/reading.ts'
import { checkDrain, type DrainSettings } from './drain-settings.ts'
import { type Checked, groupFields, inventoryFields, rollFields, seatFields } from './fields.ts'
import { checkImage, type ImageSettings } from './image-settings.ts'
import { Path } from './problem-path.ts'
import type { Problem } from './problems.ts'
import { readYaml } from './read-yaml.ts'
import { checkSecrets, withSecrets } from './secrets.ts'
import { checkSsh, type SshSettings } from './ssh-settings.ts'
import { checkTree } from './tree.ts'
import { name as nameType } from './types.ts'
import type { SomeValues } from './variables.ts'

/** An inventory as it was written, after each part was checked. The rules between parts are in scripts/cluster/. */
export interface Inventory {
  /** The name of the file, for the messages. */
  readonly file: string
  readonly cluster: string
  readonly region: string
  readonly target: TargetName
  readonly instanceProfile: string | undefined
  readonly permissionsBoundary: string | undefined
  readonly userDataBucket: string | undefined
  /** The reference to the secrets: `file:cluster1.secrets.age`. */
  readonly secrets: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly drain: DrainSettings
  readonly image: ImageSettings
  readonly ssh: SshSettings | undefined
  /** The share of running tasks that a rolling update keeps, such as 0.95. */
  readonly tasksKept: number
  readonly vars: SomeValues
  readonly groups: readonly Group[]
}

/** A group as it was written, without defaults. */
export interface Group extends Omit<Checked<typeof groupFields>, 'vars' | 'seats'> {
  readonly name: string
  readonly vars: SomeValues
  readonly seats: ReadonlyMap<number, SeatSettings>
}

/** The settings of one seat. */
export interface SeatSettings extends Omit<Checked<typeof seatFields>, 'vars'> {
  readonly vars: SomeValues
}

/**
 * Reads an inventory.
 *
 * @param text the YAML
 * @param file its name, for the messages
 * @returns the valid parts of the inventory, and the problems of the others
 * @throws Refused if the text is not YAML or contains no map
 */
export function parseInventory(text: string, file: string): Outcome<Inventory> {
  const read = readYaml(text, file)
  const endless = checkTree(read)
  const mapping = withCloudConfig(read, text)
  const { value, problems } = checkInventory(mapping, file)
  const others = problems.filter(({ path }) => !endless.some(problem => problem.path.isSame(path)))
  const all = withSecrets([...endless, ...others], checkSecrets(mapping))
  return { value, problems: all.map(problem => ({ ...problem, file })) }
}

function checkInventory(mapping: Mapping, file: string): Outcome<Inventory> {
  const { value: top, problems } = checkFields(inventoryFields, mapping, Path.root)
  const vars = checkVars(top.vars ?? {}, Path.inInventory('vars'))
  const image = checkImage(top.image ?? {})
  const drain = checkDrain(top.drain)
  const ssh = checkSsh(top.ssh)
  const roll = checkFields(rollFields, top.roll ?? {}, Path.inInventory('roll'))
  const groups = Object.entries(top.groups ?? {}).map(([name, group]) => checkGroup(name, group))
  return {
    value: {
      file,
      cluster: top.cluster ?? 'cluster1',
      region: top.region ?? 'us-east-1',
      target: top.target ?? defaultTarget,
      instanceProfile: top.instance_profile,
      permissionsBoundary: top.permissions_boundary,
      userDataBucket: top.user_data_bucket,
      secrets: top.secrets,
      tags: top.tags ?? {},
      drain: drain.value,
      image: image.value,
      ssh: ssh.value,
      tasksKept: shareOf(roll.value.tasks ?? '95%'),
      vars: vars.value,
      groups: groups.map(({ value }) => value),
    },
    problems: [
      problems,
      vars.problems,
      image.problems,
      drain.problems,
      ssh.problems,
      roll.problems,
      ...groups.map(group => group.problems),
    ].flat(),
  }
}

function shareOf(percentage: string): number {
  return Number(percentage.replace('%', '')) / 100
}

function checkGroup(name: string, given: unknown): Outcome<Group> {
  const path = Path.inInventory('groups', name)
  const mapping = asMapping(given, path)
  const { value, problems } = checkFields(groupFields, mapping.value, path)
  const vars = checkVars(value.vars ?? {}, path.below('vars'))
  const seats = Object.entries(value.seats ?? {}).map(([seat, settings]) => checkSeat(seat, settings, path))
  return {
    value: { ...value, name, vars: vars.value, seats: new Map(seats.map(seat => seat.value)) },
    problems: [
      checkGroupName(name, path),
      mapping.problems,
      problems,
      vars.problems,
      ...seats.map(seat => seat.problems),
    ].flat(),
  }
}

function checkGroupName(name: string, path: Path): readonly Problem[] {
  // Underscores are allowed because groups are traditionally named mesos_leaders and mesos_followers.
  return checkType(nameType, name.replaceAll('_', '-'), path).map(
    (problem): Problem => ({
      code: 'E010',
      path,
      at: 'key',
      message: problem.message.replace(
        'letters, digits and hyphens',
        'letters, digits, hyphens and underscores',
      ),
      ...(name.includes(':') && { help: 'add a space after the colon' }),
    }),
  )
}

function checkSeat(seat: string, given: unknown, groupPath: Path): Outcome<[number, SeatSettings]> {
  const path = groupPath.below('seats', seat)
  const mapping = asMapping(given, path)
  const { value, problems } = checkFields(seatFields, mapping.value, path)
  const vars = checkVars(value.vars ?? {}, path.below('vars'))
  const numbered = /^[1-9]\d{0,2}$/.test(seat)
  return {
    value: [Number(seat), { ...value, vars: vars.value }],
    problems: [numbered ? [] : [numberless(path)], mapping.problems, problems, vars.problems].flat(),
  }
}

const numberless = (path: Path): Problem => ({
  code: 'E011',
  path,
  at: 'key',
  message: 'must be a seat number, 1 or greater',
})

function asMapping(given: unknown, path: Path): Outcome<Mapping> {
  if (given === null || given === undefined) return { value: {}, problems: [] }
  const problems = checkType(inventoryFields.groups.type, given, path)
  return { value: problems.length === 0 ? (given as Mapping) : {}, problems }
}
