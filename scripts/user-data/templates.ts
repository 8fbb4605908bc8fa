import type { Mode } from '../cluster/cluster.ts'
import { bare, quote } from './quote.ts'
import type { View } from './view.ts'
import { type Yours, yoursOf } from './yours.ts'

/** Renders the user data of a node from the variables of its templates. */
export type Templates = (mode: Mode, view: View) => string

/** A file of cloud-init/ as a function of its variables and of the function that writes a value. */
export type Program = (locals: object, write: Writers['quote']) => string

/** The files of cloud-init/, by path without extension: `leader`, `parts/consul`. */
export type Programs = Readonly<Record<string, Program>>

/** The functions that templates write values with. */
export interface Writers {
  readonly quote: (value: unknown) => string
  readonly bare: (value: unknown) => string
  readonly yours: (extra: View['vars']['user_data_extra']) => Yours
}

const plainly: Writers = { quote, bare, yours: yoursOf }

/** Templates that can include each other. */
export function templatesOf(programs: Programs, writers: Writers = plainly): Templates {
  const render = (name: string, locals: object): string => {
    const program = programs[name]
    if (program === undefined) throw new TypeError(`template not found: cloud-init/${name}.yaml.ejs`)
    return program(locals, writers.quote)
  }
  return (mode, view) => {
    const yours = writers.yours(view.vars.user_data_extra)
    const locals = {
      ...view,
      bare: writers.bare,
      yours,
      part: (name: string) => render(`parts/${name}`, locals),
    }
    return render(mode, locals)
  }
}
