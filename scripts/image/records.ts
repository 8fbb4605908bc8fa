import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ingredients } from './fingerprint.ts'
import { addToManifest, type Baked, type Manifest, manifestImage, readPackages, sbomOf } from './manifest.ts'
import { packagesFile } from './packer.ts'

/** The record of a baked image. */
export interface BakeRecord extends Omit<Baked, 'packages'> {
  readonly ingredients: Ingredients
  readonly fingerprint: string
  /** The directory with the package list of the build. */
  readonly folder: string
}

/**
 * Writes the manifest of an image and, next to it, the bill of materials of each architecture that was baked.
 *
 * @param folder `build/<image>`, or a directory in it
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
