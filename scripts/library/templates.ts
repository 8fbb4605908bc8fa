import { compileTemplates } from '../user-data/compile.ts'
import type { Templates } from '../user-data/templates.ts'
import { readTemplates } from './template-files.ts'

/** Reads and compiles the templates of cloud-init/. */
export function loadTemplates(): Templates {
  return compileTemplates(readTemplates())
}
