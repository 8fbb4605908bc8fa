import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { $ } from 'zx'
import { noAwsEnv } from './aws.ts'
import { packerEnv } from './packer.ts'

/** A command in the README, with the output shown for it. */
export interface Shown {
  readonly command: string
  readonly output: string
}

/** Every command in the README with the output shown for it, in order. */
export function commandsOfReadme(): readonly Shown[] {
  return [...readFileSync('README.md', 'utf8').matchAll(/```console\n([\s\S]*?)```/g)].flatMap(
    ([, block = '']) =>
      block
        .split(/^\$ /m)
        .slice(1)
        .map(entry => {
          const [line = '', ...output] = entry.split('\n')
          return { command: line.replace(/ +# .*$/, ''), output: output.join('\n') }
        }),
  )
}

/** The commands in the README that require containers. `test/clusters/three-leaders.test.ts` runs them. */
export function commandsInContainers(): readonly Shown[] {
  return commandsOfReadme().filter(({ command }) => command.includes('--target local'))
}

/**
 * Runs a command of the README on the inventory of a cluster in containers. Returns the words that it prints and those
 * that the README shows, without what differs between runs.
 */
export async function runAsShown({ command, output }: Shown, cluster: { name: string; inventory: string }) {
  const cwd = cloneLike()
  copyFileSync(cluster.inventory, join(cwd, 'inventory.yaml'))
  const where = { cwd, env: { ...packerEnv(noAwsEnv()), NO_COLOR: '1' }, nothrow: true, quiet: true }
  const done = await $(where)`sh -c ${command.replace('npm run', 'npm run --silent')}`
  rmSync(cwd, { recursive: true })
  const printed = done.stdout.replaceAll(`${cluster.name}-web`, 'cluster1-mesos_followers')
  return {
    code: done.exitCode,
    stderr: done.stderr,
    printed: wordsOf(printed.replaceAll(cluster.name, 'cluster1')),
    shown: wordsOf(output),
  }
}

/**
 * The words in an output, without IDs, addresses, and the elected leader, which differ between runs, and without the
 * number of restarts: Marathon exits if it cannot reach ZooKeeper yet.
 */
function wordsOf(output: string): readonly string[] {
  return output
    .replace(/\b[0-9a-f]{12}\b/g, 'ID')
    .replace(/10\.213\.\d+\.\d+/g, 'ADDRESS')
    .replace(/127\.0\.0\.1:\d+/g, 'PAGE')
    .replace(/leader-\d/g, 'leader-N')
    .replace(/ \d+$/gm, ' RESTARTS')
    .split(/\s+/)
    .filter(word => word !== '')
    .sort()
}

/** A directory in which `npm run` works as in a clone, with its own inventory. */
export function cloneLike(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-readme-'))
  for (const name of [
    'package.json',
    'scripts',
    'cloud-init',
    'node_modules',
    'inventory.example.yaml',
    'tsconfig.json',
  ]) {
    symlinkSync(resolve(name), join(folder, name))
  }
  return folder
}
