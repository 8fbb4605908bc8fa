import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cluster } from '../cluster/cluster.ts'
import { resolveCluster } from '../cluster/resolve.ts'
import { parseInventory } from '../inventory/parse.ts'
import { compileTemplates, type Templates } from '../user-data/templates.ts'
import { readInventory } from './inventory-file.ts'
import { env, say } from './main.ts'
import { type Given, overridesOf, textOf } from './options.ts'

/** Reads and resolves the inventory that was named, or the one that is there. */
export function loadCluster(given: Given): Cluster {
  const overrides = overridesOf(given)
  const { file, text, isExample } = readInventory(textOf(given, 'inventory'), env())
  if (isExample) say('no inventory.yaml here: using inventory.example.yaml')
  return resolveCluster(parseInventory(text, file), overrides)
}

/** Reads and compiles the templates of cloud-init/. */
export function loadTemplates(): Templates {
  const folder = fileURLToPath(new URL('../../cloud-init/', import.meta.url))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.yaml.ejs'),
  )
  const sources = files.map(file => [
    file.slice(0, -'.yaml.ejs'.length).replaceAll('\\', '/'),
    readFileSync(resolve(folder, file), 'utf8'),
  ])
  return compileTemplates(Object.fromEntries(sources))
}
