// Builds dist/, which exists in the package only. Called by `npm pack`.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'
import { bundlePage } from '../cli/bundle-page.ts'
import { summariesOfClone } from '../cli/command-list.ts'
import { compiledTemplates } from '../cli/compiled-templates.ts'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))

// Two directories deep, so that `../../` leads from a bundle to the package root, as from scripts/*/ to the repository
// root.
const library = ['mesos-bakery', 'cdk', 'pulumi'].map(name => `scripts/library/${name}.ts`)
const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const summaries = await summariesOfClone()
const program = ['mesos-bakery', ...Object.keys(summaries)].map(name => `scripts/${name}.ts`)

/**
 * The dependencies of rendering: bundled into one file, they load several times as fast. All others remain packages.
 */
const bundled = ['fflate', 'js-yaml', 'leven', 'log-update', 'string-width', 'zod']

/**
 * Loads the crypto module of Node.js with the first hash, because it takes half of the time of importing the library.
 */
const lazyCrypto: Plugin = {
  name: 'lazy crypto',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:crypto$/ }, ({ path }) => ({ path, namespace: 'lazy', sideEffects: false }))
    onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: ['createHash', 'randomBytes', 'randomUUID']
        .map(
          name =>
            `export const ${name} = (...given) => process.getBuiltinModule('node:crypto').${name}(...given)`,
        )
        .join('\n'),
    }))
  },
}

async function bundle(entryPoints: readonly string[], outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [...entryPoints],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    external: Object.keys({ ...dependencies, ...peerDependencies }).filter(name => !bundled.includes(name)),
    plugins: [compiledTemplates, lazyCrypto],
    define: { SUMMARIES: JSON.stringify(summaries) },
    metafile: true,
  })
  return metafile
}

function declare(): void {
  const config = {
    extends: '../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: '../scripts',
      outDir: 'types',
    },
    include: [],
    files: library.map(file => `../${file}`),
  }
  writeFileSync('dist/tsconfig.json', JSON.stringify(config))
  execFileSync('node_modules/.bin/tsc', ['--project', 'dist/tsconfig.json'], { stdio: 'inherit' })
  rmSync('dist/tsconfig.json')
}

/** The licenses of the bundled packages, which must be distributed with them. */
function licences(metafiles: readonly Metafile[]): string {
  const inputs = metafiles.flatMap(metafile => Object.keys(metafile.inputs))
  const folders = inputs.flatMap(file => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [])
  const texts = [...new Set(folders)].sort().map(folder => {
    const file = ['LICENSE', 'LICENSE.md', 'license', 'LICENSE.txt']
      .map(name => `${folder}/${name}`)
      .find(existsSync)
    if (file === undefined) throw new Error(`${folder} has no license file`)
    return `${folder.replace(/^.*node_modules\//, '')}\n\n${readFileSync(file, 'utf8').trim()}\n`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

rmSync('dist', { recursive: true, force: true })
mkdirSync('dist')
// Bundled separately: with shared chunks, the library would be loaded from a dozen files.
const metafiles = await Promise.all([bundle(program, 'dist/bin'), bundle(library, 'dist/library')])
declare()
// The page is not built where the package is installed, because that would need the packages of its editor.
const { script, style, metafile } = await bundlePage()
writeFileSync('dist/page.json', JSON.stringify({ script, style }))
writeFileSync('dist/THIRD-PARTY.txt', licences([...metafiles, metafile]))
