import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/** Two folders deep, so that `../../` leads to the clone, as it does from `scripts/cli/`. */
const outputs = 'build/commands'

/**
 * What Node runs as a command of the product. The commands of users, `launch` for example, are bundled with their
 * packages once for each state of `scripts/`: loading a thousand files and compiling them with `tsx` takes every process
 * two seconds of a processor, and the tests start hundreds. test/library/installed.test.ts runs the commands as users
 * install them.
 */
export function programOf(name: string): readonly string[] {
  if (name.includes('/')) return ['--import', 'tsx', `scripts/${name}.ts`]
  folder ??= bundled()
  return [join(folder, `${name}.js`)]
}

const requires =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url)"

let folder: string | undefined

function bundled(): string {
  const state = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)))
  for (const entry of readdirSync('scripts', { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    if (entry.isFile()) state.update(`${file} ${statSync(file).mtimeMs}\n`)
  }
  const made = `${outputs}-${state.digest('hex').slice(0, 12)}`
  if (existsSync(made)) return made
  const partial = `${outputs}-${randomBytes(6).toString('hex')}.partial`
  buildSync({
    entryPoints: readdirSync('scripts').flatMap(file =>
      file.endsWith('.ts') ? [join('scripts', file)] : [],
    ),
    outdir: partial,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    // The first names optional packages that are not installed, and the second finds its program next to itself.
    external: ['@cyclonedx/*', 'esbuild'],
    // The packages that are CommonJS modules call it.
    banner: { js: requires },
  })
  publish(partial, made)
  return made
}

/** Gives a folder its final name, unless another process was faster. */
function publish(partial: string, made: string): void {
  try {
    renameSync(partial, made)
  } catch (error) {
    rmSync(partial, { recursive: true })
    if (!existsSync(made)) throw error
  }
}
