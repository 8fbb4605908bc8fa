import { compileTemplates } from './compile.ts'
import { readTemplates } from './template-files.ts'
import type { Templates } from './templates.ts'

/** Reads and compiles the templates of cloud-init/. */
export function loadTemplates(): Templates {
  return compileTemplates(readTemplates())
}
