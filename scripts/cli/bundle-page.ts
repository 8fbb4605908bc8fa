import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import type { PageParts } from '../page/html-page.ts'
import { compiledTemplates } from './compiled-templates.ts'

const folder = fileURLToPath(new URL('../../scripts/page/browser/', import.meta.url))

/** Bundles the code and the style sheet of the page from the source. */
export async function bundlePage(): Promise<PageParts & { readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: ['start.ts', 'style.css'].map(file => `${folder}${file}`),
    outdir: folder,
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    plugins: [compiledTemplates],
    alias: { 'node:crypto': `${folder}pure-crypto.ts` },
    metafile: true,
  })
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? ''
  return { script: textOf('.js'), style: textOf('.css'), metafile }
}
