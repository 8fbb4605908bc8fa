import ejs from 'ejs'
import { quote } from './quote.ts'
import { type Compiled, type Templates, templatesOf } from './templates.ts'

/** The texts of cloud-init/, by path without extension: `leader`, `parts/consul`. */
export type Sources = Readonly<Record<string, string>>

/** Compiles every template once, so that rendering a node takes only a few function calls. */
export function compileTemplates(sources: Sources): Templates {
  const compiled = Object.entries(sources).map(([name, text]): [string, Compiled] => [
    name,
    ejs.compile(text, optionsOf(name)),
  ])
  return templatesOf(Object.fromEntries(compiled))
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
