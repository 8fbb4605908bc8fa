import { type Env, runProgram } from '../programs/run-program.ts'
import type { InventoryText } from './bakery.ts'
import { sha256 } from './fingerprint.ts'
import type { SourceOfBake } from './manifest.ts'

/** What an inventory's repository knows of it. */
export async function sourceOf({ file, text, folder }: InventoryText, env: Env): Promise<SourceOfBake> {
  const git = (...args: readonly string[]) => runProgram('git', ['-C', folder, ...args], { env })
  const [commit, status] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain')])
  return {
    inventory: file,
    sha256: sha256(text),
    commit: commit.code === 0 ? commit.stdout.trim() : null,
    dirty: status.stdout.trim() !== '',
  }
}
