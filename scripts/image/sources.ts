import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type SourceFile, sha256 } from './fingerprint.ts'

const product = fileURLToPath(new URL('../../', import.meta.url))

/** The folder of the templates, the overlay and the provisioners. */
export const packerFolder = join(product, 'packer')

/** The version of mesos-bakery. */
export function productVersion(): string {
  return JSON.parse(readFileSync(join(product, 'package.json'), 'utf8')).version
}

/** Everything below packer/ that an image is made from. What is only read by people isn't. */
export function readSources(folder = packerFolder): readonly SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory() && !entry.name.endsWith('.md'))
    .map(entry => {
      const file = join(entry.parentPath, entry.name)
      const path = relative(folder, file).replaceAll(sep, '/')
      if (entry.isSymbolicLink()) return { path, kind: 'link', sha256: sha256(readlinkSync(file)) }
      const kind = (statSync(file).mode & 0o100) === 0 ? 'file' : 'program'
      return { path, kind, sha256: sha256(readFileSync(file)) }
    })
}
