import ejs from 'ejs'
import { quote } from './quote.ts'
import type { Program, Programs } from './templates.ts'

/** The texts of cloud-init/, by path without extension: `leader`, `parts/consul`. */
export type Sources = Readonly<Record<string, string>>

/** Compiles every template once, so that rendering a node takes only a few function calls. */
export function compileTemplates(sources: Sources): Programs {
  return Object.fromEntries(
    Object.entries(sources).map(([name, text]): [string, Program] => {
      // ejs fixes the function that writes values when it compiles a template.
      let write: Parameters<Program>[1] = quote
      const compiled = ejs.compile(text, { ...optionsOf(name), escape: (value: unknown) => write(value) })
      const program: Program = (locals, given) => {
        write = given
        return compiled(locals)
      }
      return [name, program]
    }),
  )
}

/** The source code of a template, as a function of its variables and of `quote`, for a package without ejs. */
export function programOf(name: string, text: string): string {
  const template = new ejs.Template(text, { ...optionsOf(name), compileDebug: false })
  template.compile()
  return `(locals, escapeFn) => {\n"use strict";\n${template.source}}`
}

function optionsOf(name: string) {
  return {
    filename: `cloud-init/${name}.yaml.ejs`,
    escape: quote,
    strict: true,
    _with: false,
    destructuredLocals: ['cluster', 'node', 'vars', 'bare', 'yours', 'part'],
  }
}
