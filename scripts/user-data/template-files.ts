import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sources } from './compile.ts'

/** Reads the templates of cloud-init/. The package contains only the compiled templates. */
export function readTemplates(): Sources {
  const folder = fileURLToPath(new URL('../../cloud-init/', import.meta.url))
  if (!existsSync(folder)) return {}
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.yaml.ejs'),
  )
  const sources = files.map(file => [
    file.slice(0, -'.yaml.ejs'.length).replaceAll('\\', '/'),
    readFileSync(resolve(folder, file), 'utf8'),
  ])
  return Object.fromEntries(sources)
}
