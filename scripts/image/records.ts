import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ingredients } from './fingerprint.ts'
import { addToManifest, type Baked, type Manifest, manifestImage, readPackages, sbomOf } from './manifest.ts'
import { packagesFile } from './packer.ts'

/** What is written down of one image that was baked. */
export interface BakeRecord extends Omit<Baked, 'packages'> {
  readonly ingredients: Ingredients
  readonly fingerprint: string
  /** Where its build has left the list of packages. */
  readonly folder: string
}

/**
 * Writes the manifest of an image, and beside it the parts list of each architecture that was baked.
 *
 * @param folder `build/<image>`, or a folder in it
 * @returns the path of the manifest
 */
export function writeRecords(folder: string, image: string, records: readonly BakeRecord[]): string {
  mkdirSync(folder, { recursive: true })
  const images = records.map(record => {
    const { ingredients, fingerprint } = record
    const packages = readPackages(readFileSync(packagesFile(record.folder), 'utf8'))
    const parts = join(folder, `sbom-${ingredients.architecture}.cdx.json`)
    writeWhole(parts, sbomOf(ingredients, fingerprint, packages))
    return manifestImage(ingredients, fingerprint, { ...record, packages })
  })
  const manifest = join(folder, 'image.json')
  const before = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as Manifest) : undefined
  writeWhole(manifest, `${JSON.stringify(addToManifest(before, image, images), null, 2)}\n`)
  return manifest
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}
