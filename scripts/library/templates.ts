import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileTemplates, type Sources } from '../user-data/compile.ts'
import type { Templates } from '../user-data/templates.ts'

/** Reads the templates of cloud-init/. */
export function readTemplates(): Sources {
  const folder = fileURLToPath(new URL('../../cloud-init/', import.meta.url))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.yaml.ejs'),
  )
  const sources = files.map(file => [
    file.slice(0, -'.yaml.ejs'.length).replaceAll('\\', '/'),
    readFileSync(resolve(folder, file), 'utf8'),
  ])
  return Object.fromEntries(sources)
}

/** Reads and compiles the templates of cloud-init/. */
export function loadTemplates(): Templates {
  return compileTemplates(readTemplates())
}
