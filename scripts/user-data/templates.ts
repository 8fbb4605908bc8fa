import type { Mode } from '../cluster/cluster.ts'
import { bare } from './quote.ts'
import type { View } from './view.ts'
import { yoursOf } from './yours.ts'

/** Turns what a node's templates see into its user-data. */
export type Templates = (mode: Mode, view: View) => string

/** One file of cloud-init/, as a function of what it sees. */
export type Compiled = (locals: object) => string

/**
 * Templates that include each other.
 *
 * @param compiled by path without its ending: `leader`, `parts/consul`
 */
export function templatesOf(compiled: Readonly<Record<string, Compiled>>): Templates {
  const render = (name: string, locals: object): string => {
    const template = compiled[name]
    if (template === undefined) throw new TypeError(`there is no template cloud-init/${name}.yaml.ejs`)
    return template(locals)
  }
  return (mode, view) => {
    const yours = yoursOf(view.vars.user_data_extra)
    const locals = { ...view, bare, yours, part: (name: string) => render(`parts/${name}`, locals) }
    return render(mode, locals)
  }
}
