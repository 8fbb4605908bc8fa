import { compileTemplates } from './compile.ts'
import { readTemplates } from './template-files.ts'
import { type Programs, type Templates, templatesOf } from './templates.ts'

/** Reads and compiles the templates of cloud-init/. */
export function loadTemplates(): Templates {
  return templatesOf(loadPrograms())
}

/** The same, before they are given the functions that write values. */
export function loadPrograms(): Programs {
  return compileTemplates(readTemplates())
}
