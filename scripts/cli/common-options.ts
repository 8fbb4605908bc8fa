import { type FollowersOverride, fits } from '../cluster/cluster.ts'
import type { Setting } from '../inventory/settings.ts'
import { engineNames, targetNames } from '../targets/list.ts'
import {
  choice,
  flag,
  Misused,
  misused,
  naming,
  type Option,
  repeated,
  required,
  text,
  value,
  wholeNumber,
} from './options.ts'

/** The option of every command that reads an inventory. */
export const inventoryFileOption = {
  inventory: naming(
    'files',
    text('FILE', 'inventory file (default inventory.yaml, or inventory.example.yaml)'),
  ),
}

/** Options of most commands that read an inventory. */
export const inventoryOptions = {
  ...inventoryFileOption,
  json: flag('print JSON instead of text'),
}

/** Options of every command that works on a target. */
export const targetOptions = {
  target: choice('TARGET', targetNames, 'where to run: aws, or local (containers on this machine)'),
  engine: choice('ENGINE', engineNames, 'container engine for --target local: podman or docker'),
}

/** Options that override the inventory. */
export const overrideOptions = {
  leaders: wholeNumber('N', 'number of leaders; must be odd'),
  followers: value('SIZE', 'size of the follower pool: N, MIN:MAX or POOL=N', readFollowers),
  set: setEachOnce(
    naming(
      'variables',
      repeated(value('NAME=VALUE', 'set a variable on every node; can be repeated', readSetting)),
    ),
  ),
}

/** How user data is fitted into the EC2 limit. */
export const fitOption = {
  fit: choice('FORM', fits, 'how to store user data: plain, gzip, s3, or auto (the first that fits)'),
}

/** The option of every command for a single node. */
export const nodeOption = {
  node: naming('nodes', required(text('NAME', 'node, as listed by status'))),
}

export const yesOption = {
  yes: flag('do not ask for confirmation'),
}

function readFollowers(given: string, name: string): FollowersOverride {
  const [, pool, min, max] = /^(?:([^=]+)=)?(\d+)(?::(\d+))?$/.exec(given) ?? []
  if (min === undefined) return misused(name, 'N, MIN:MAX or POOL=N', given)
  return { pool, min: Number(min), max: Number(max ?? min) }
}

function readSetting(given: string, name: string): Setting {
  const [, variable, setTo] = /^([^=]+)=([\s\S]*)$/.exec(given) ?? []
  if (variable === undefined || setTo === undefined) return misused(name, 'NAME=VALUE', given)
  return [variable.trim(), setTo]
}

/** Rejects a repeated variable, because the first value would be ignored silently. */
function setEachOnce(option: Option<readonly Setting[]>): Option<readonly Setting[]> {
  const read = (texts: readonly string[], name: string) => {
    const settings = option.read(texts, name)
    const names = settings.map(([variable]) => variable)
    const twice = names.find((variable, index) => names.indexOf(variable) < index)
    if (twice !== undefined) throw new Misused(`${name} ${twice} can be given only once`)
    return settings
  }
  return { ...option, read }
}
