import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { textFile } from '../embed/format.ts'
import { htmlPage, type PageData, type PageParts } from '../page/html-page.ts'
import { fromCall } from './inventory-file.ts'
import { env } from './main.ts'
import { writeFiles } from './out-files.ts'

const root = new URL('../../', import.meta.url)

/**
 * Writes the page to a file.
 *
 * @throws Refused if the file cannot be written
 */
export async function writePage(file: string, data: PageData): Promise<void> {
  const path = fromCall(file, env())
  writeFiles(dirname(path), [textFile(basename(path), htmlPage(data, await pageParts()))])
}

/** The code of the page. It is built from its source in a clone; the package contains it. */
async function pageParts(): Promise<PageParts> {
  if (existsSync(new URL('scripts/page/', root))) {
    const { bundlePage } = await import('./bundle-page.ts')
    return bundlePage()
  }
  return JSON.parse(readFileSync(new URL('dist/page.json', root), 'utf8'))
}
