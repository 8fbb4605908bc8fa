import ejs from 'ejs'
import type { Mode } from '../cluster/cluster.ts'
import { bare, quote } from './quote.ts'
import type { View } from './view.ts'

/** The texts of cloud-init/, by path without its ending: `leader`, `parts/consul`. */
export type Sources = Readonly<Record<string, string>>

/** Turns what a node's templates see into its user-data. */
export type Templates = (mode: Mode, view: View) => string

type Compiled = (locals: object) => string

/** Compiles every template once, so that rendering a node is a few function calls. */
export function compileTemplates(sources: Sources): Templates {
  const compiled = new Map<string, Compiled>(
    Object.entries(sources).map(([name, text]) => [name, compileOne(name, text)]),
  )
  const render = (name: string, locals: object): string => {
    const template = compiled.get(name)
    if (template === undefined) throw new TypeError(`there is no template cloud-init/${name}.yaml.ejs`)
    return template(locals)
  }
  return (mode, view) => {
    const locals = { ...view, bare, part: (name: string) => render(`parts/${name}`, locals) }
    return render(mode, locals)
  }
}

function compileOne(name: string, text: string): Compiled {
  return ejs.compile(text, {
    filename: `cloud-init/${name}.yaml.ejs`,
    escape: quote,
    strict: true,
    _with: false,
    destructuredLocals: ['cluster', 'node', 'vars', 'bare', 'part'],
  })
}
