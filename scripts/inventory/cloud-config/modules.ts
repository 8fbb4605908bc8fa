import type { Finding } from '../rules/rule.ts'
import { type Check, entriesOf, isMapping, isTrue } from './config.ts'

/** The modules that a node requires in each list, in the order of the stages (/etc/cloud/cloud.cfg of Debian 12). */
const needed = {
  cloud_init_modules: ['write_files', 'set_hostname', 'ssh'],
  cloud_config_modules: ['runcmd'],
  cloud_final_modules: ['scripts_user'],
} as const

/** Lists of modules without those that a node requires. A list of the user replaces that of the image. */
export const checkModules: Check = (config, path) =>
  Object.entries(needed).flatMap(([key, modules]): readonly Finding[] => {
    if (!Object.hasOwn(config, key)) return []
    const place = path.below(key)
    const list = config[key]
    if (!Array.isArray(list))
      return [{ path: place, message: 'must be a list of modules', help: 'remove it' }]
    const wrong = list.findIndex(item => moduleOf(item) === undefined)
    if (wrong >= 0)
      return [{ path: place.below(wrong), message: 'must be the name of a module', help: 'quote it' }]
    const deferred = key === 'cloud_final_modules' && entriesOf(config.write_files).some(isDeferred)
    const names = new Set(list.map(moduleOf))
    return [...modules, ...(deferred ? ['write_files_deferred'] : [])]
      .filter(name => !names.has(name))
      .map(name => ({
        path: place,
        at: 'key',
        message: `must contain ${name}, without which the node does not start`,
        help: 'add it, or remove the list',
      }))
  })

const isDeferred = (file: unknown) => isMapping(file) && isTrue(file.defer)

/** The name of an item of a list of modules (config/modules.py, _read_modules and form_module_name). */
export function moduleOf(item: unknown): string | undefined {
  if (item === null || item === '' || item === false) return ''
  const name = Array.isArray(item) ? item[0] : isMapping(item) ? item.name : item
  return typeof name === 'string'
    ? name.replaceAll('-', '_').replace(/^\s*(cc_)?|(\.py)?\s*$/gi, '')
    : undefined
}
