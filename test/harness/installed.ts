import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { noAwsEnv } from './aws.ts'
import { cached } from './cache.ts'
import { terraformProgram } from './terraform.ts'

/** A directory in which docs/embedding.md was followed step by step. */
export interface Followed {
  readonly folder: string
  readonly tarball: string
  readonly env: NodeJS.ProcessEnv
  /** The calls of programs that are not available here, with their arguments. */
  readonly calls: () => readonly (readonly string[])[]
  remove(): void
}

const absent = ['aws', 'virt-install', 'multipass', 'ansible']

/**
 * Follows the page in an empty directory next to the clone: writes each file that it shows under the name in its first
 * line, and runs each command. Packages are installed in the versions of the lock file. Programs that are not available
 * here only record how they were called.
 *
 * @throws if a command fails, or prints something other than what is shown
 */
export function followEmbedding(): Followed {
  const root = mkdtempSync(join(tmpdir(), 'mesos-bakery-embedding-'))
  const [folder, bin, log] = [join(root, 'app'), join(root, 'bin'), join(root, 'calls')]
  for (const made of [folder, bin]) mkdirSync(made)
  symlinkSync(resolve('.'), join(root, 'mesos-bakery'))
  symlinkSync(terraformPath(), join(bin, 'terraform'))
  writeFileSync(log, '')
  const note = `#!/bin/sh\nprintf '%s\\037' "$(basename "$0")" "$@" >>${log}\necho >>${log}\n`
  for (const name of absent) writeFileSync(join(bin, name), note, { mode: 0o755 })
  const PATH = `${bin}${delimiter}${process.env.PATH}`
  const env = { ...noAwsEnv(), PATH, npm_config_prefer_offline: 'true', CHECKPOINT_DISABLE: '1' }
  for (const block of blocksOf(readFileSync('docs/embedding.md', 'utf8'))) follow(block, folder, env)
  return {
    folder,
    tarball: join(folder, readdirSync(folder).find(name => name.endsWith('.tgz')) ?? ''),
    env,
    calls: () =>
      readFileSync(log, 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => line.split('\x1f').slice(0, -1)),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

function terraformPath(): string {
  const program = terraformProgram() ?? 'terraform'
  return program.includes('/') ? program : execFileSync('which', [program], { encoding: 'utf8' }).trim()
}

interface Block {
  readonly language: string
  readonly text: string
}

function blocksOf(page: string): readonly Block[] {
  const found = page.matchAll(/```(\w+)\n([\s\S]*?)```/g)
  return [...found].map(([, language = '', text = '']) => ({ language, text }))
}

function follow({ language, text }: Block, folder: string, env: NodeJS.ProcessEnv): void {
  if (language !== 'console') {
    const [, name = ''] = /^(?:\/\/|#) (\S+)\n/.exec(text) ?? []
    writeFileSync(join(folder, name), text)
    return
  }
  for (const entry of text.split(/^\$ /m).slice(1)) {
    const [command = '', ...shown] = entry.trimEnd().split('\n')
    const done = spawnSync('sh', ['-c', pinned(command)], { cwd: folder, env, encoding: 'utf8' })
    const [expected, printed] = [shown.join('\n'), done.stdout.trim()]
    if (done.status !== 0 || (expected !== '' && printed !== expected)) {
      throw new Error(`${command}\n${done.stdout}${done.stderr}`)
    }
  }
}

/** Registry packages in the versions that this project uses. */
function pinned(command: string): string {
  return command.replace(/(?<=install --silent .*)\b(aws-cdk-lib|constructs)\b/g, name => {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'))
    return `${name}@${version}`
  })
}

/** The Node.js versions that the library must support: this one, and those that .ci/setup downloads. */
export function nodes(): readonly string[] {
  const fetched = readdirSync(cached()).filter(name => /^node-\d+\.\d+\.\d+$/.test(name))
  return [process.execPath, ...fetched.map(name => cached(name, 'bin', 'node'))]
}
