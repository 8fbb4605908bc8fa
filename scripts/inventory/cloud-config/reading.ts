import { load, YAML11_SCHEMA, YAMLException } from 'js-yaml'
import type { Mapping } from '../check-fields.ts'
import { yaml } from '../schema.ts'
import { isMapping } from './config.ts'

// cloud-init reads YAML 1.1, where 0600 is octal and `no` is false; an inventory is YAML 1.2, where they are 600 and
// text.

/**
 * An inventory in which `user_data_extra` means what it would mean to cloud-init: modes without quotes are octal, and
 * `no` and `off` as the value of a key are false. Commands and contents stay as YAML 1.2 reads them, as users expect.
 *
 * @param mapping the inventory, as YAML 1.2
 * @param text what it was read from
 */
export function withCloudConfig(mapping: Mapping, text: string): Mapping {
  if (!text.includes('user_data_extra')) return mapping
  const older = tryLoad(text)
  return older === undefined ? mapping : (inVars(mapping, older, 0) as Mapping)
}

/** A value of `user_data_extra` alone, with the same meaning as in an inventory. */
export function asCloudConfig(value: unknown, text: string): unknown {
  return asMeant(value, tryLoad(text))
}

/**
 * Cloud-config as cloud-init reads it. Modes without quotes become text, so that 0600 and 600 can be told apart.
 *
 * @throws YAMLException when the text is not YAML
 */
export function readCloudConfig(text: string): unknown {
  const older = load(text, { schema: YAML11_SCHEMA })
  return asPyYaml(older, load(text, { schema: YAML11_SCHEMA.withTags(...yaml.tags) }))
}

function tryLoad(text: string): unknown {
  try {
    return load(text, { schema: YAML11_SCHEMA })
  } catch (error) {
    if (error instanceof YAMLException) return undefined
    throw error
  }
}

/** Looks for `user_data_extra` in all maps of variables: `vars`, `groups.*.vars` and `groups.*.seats.*.vars`. */
function inVars(value: unknown, older: unknown, depth: number): unknown {
  if (!isMapping(value) || !isMapping(older) || depth > 4) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const other = older[key]
      if (key === 'vars' && isMapping(inner) && isMapping(other) && Object.hasOwn(inner, 'user_data_extra')) {
        const extra = asMeant(inner.user_data_extra, other.user_data_extra)
        return [key, { ...inner, user_data_extra: extra }]
      }
      const further =
        (depth === 0 && key === 'groups') || depth === 1 || (depth === 2 && key === 'seats') || depth === 3
      return [key, further ? inVars(inner, other, depth + 1) : inner]
    }),
  )
}

/** A value of YAML 1.2, with modes and the values of keys from YAML 1.1. */
function asMeant(value: unknown, older: unknown, key?: string): unknown {
  if (Array.isArray(value) && Array.isArray(older))
    return value.map((one, index) => asMeant(one, older[index]))
  if (isMapping(value) && isMapping(older)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        name,
        Object.hasOwn(older, name) ? asMeant(one, older[name], name) : one,
      ]),
    )
  }
  if (key === 'permissions') return modeOf(older, value)
  const isWord = typeof value === 'string' && /^(yes|no|on|off)$/i.test(value)
  return key !== undefined && key !== 'content' && isWord && typeof older === 'boolean' ? older : value
}

/** A value of YAML 1.1, with modes as text, and without what js-yaml knows of YAML 1.1 and PyYAML does not. */
function asPyYaml(value: unknown, newer: unknown, key?: string): unknown {
  if (Array.isArray(value) && Array.isArray(newer))
    return value.map((one, index) => asPyYaml(one, newer[index]))
  if (isMapping(value) && isMapping(newer)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        name,
        Object.hasOwn(newer, name) ? asPyYaml(one, newer[name], name) : one,
      ]),
    )
  }
  if (key === 'permissions') return modeOf(value, newer)
  return typeof value === 'boolean' && /^[yn]$/i.test(String(newer)) ? newer : value
}

/** A mode that was written in octal without quotes, as text. Anything else stays as YAML 1.1 reads it. */
function modeOf(older: unknown, newer: unknown): unknown {
  if (older === newer) return older
  const mode = typeof older === 'number' ? older : newer
  return typeof mode === 'number' ? `0${mode.toString(8)}` : older
}
