import type { Mode } from '../cluster/cluster.ts'
import { bare } from './quote.ts'
import type { View } from './view.ts'
import { yoursOf } from './yours.ts'

/** Renders the user data of a node from the variables of its templates. */
export type Templates = (mode: Mode, view: View) => string

/** A file of cloud-init/ as a function of its variables. */
export type Compiled = (locals: object) => string

/**
 * Templates that can include each other.
 *
 * @param compiled by path without extension: `leader`, `parts/consul`
 */
export function templatesOf(compiled: Readonly<Record<string, Compiled>>): Templates {
  const render = (name: string, locals: object): string => {
    const template = compiled[name]
    if (template === undefined) throw new TypeError(`template not found: cloud-init/${name}.yaml.ejs`)
    return template(locals)
  }
  return (mode, view) => {
    const yours = yoursOf(view.vars.user_data_extra)
    const locals = { ...view, bare, yours, part: (name: string) => render(`parts/${name}`, locals) }
    return render(mode, locals)
  }
}
