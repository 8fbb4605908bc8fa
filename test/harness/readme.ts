import { mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

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
