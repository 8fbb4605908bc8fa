import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { $ } from 'zx'

/** What the agent prints when it is started. It still has a version, so that an image can be baked with it. */
export const whyBroken = 'undefined symbol: _ZN5mesos'

const script = `#!/bin/sh
case $* in *--version*) exec /usr/sbin/mesos-agent.real "$@" ;; esac
echo 'mesos-agent: symbol lookup error: ${whyBroken}' >&2
exit 127
`

interface Artifact {
  readonly name: string
  readonly url: string
  readonly sha256: string
}

/** The same artifacts with a Mesos package whose agent does not start. The package is written to the folder. */
export async function withBrokenAgent<A extends Artifact>(
  artifacts: readonly A[],
  folder: string,
): Promise<readonly A[]> {
  return Promise.all(
    artifacts.map(async one => {
      if (one.name !== 'mesos') return one
      const [tree, file] = [join(folder, 'mesos'), join(folder, 'mesos.deb')]
      const agent = join(tree, 'usr/sbin/mesos-agent')
      await $`dpkg-deb --raw-extract ${fileURLToPath(one.url)} ${tree}`
      await $`mv ${agent} ${agent}.real`
      await writeFile(agent, script, { mode: 0o755 })
      await $`dpkg-deb --root-owner-group --build ${tree} ${file}`
      const sha256 = createHash('sha256')
        .update(await readFile(file))
        .digest('hex')
      return { ...one, url: `file://${file}`, sha256 }
    }),
  )
}
