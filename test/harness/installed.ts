import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { noAwsEnv } from './aws.ts'
import { cached } from './cache.ts'

/** An empty project in which the packed package was installed, as a stranger would. */
export interface Installed {
  readonly folder: string
  readonly tarball: string
  remove(): void
}

/**
 * Packs the package and installs it with others into an empty project.
 *
 * @param beside other packages, as `npm install` takes them
 */
export function installPacked(beside: readonly string[] = []): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-installed-'))
  npm('.', 'pack', '--pack-destination', folder)
  const [name = ''] = readdirSync(folder)
  const tarball = join(folder, name)
  writeFileSync(join(folder, 'package.json'), '{ "name": "stranger", "type": "module", "private": true }\n')
  npm(
    folder,
    'install',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    tarball,
    ...beside,
  )
  return { folder, tarball, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function npm(cwd: string, ...args: readonly string[]): void {
  execFileSync('npm', [...args], { cwd: resolve(cwd), env: noAwsEnv(), stdio: ['ignore', 'ignore', 'pipe'] })
}

/** The Nodes that the library has to run on: this one, and those that .ci/setup fetches. */
export function nodes(): readonly string[] {
  const fetched = readdirSync(cached()).filter(name => /^node-\d+\.\d+\.\d+$/.test(name))
  return [process.execPath, ...fetched.map(name => cached(name, 'bin', 'node'))]
}
