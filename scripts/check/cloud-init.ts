import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../programs/run-program.ts'

/** An error reported by the schema of cloud-init: the path in the document, and the message. */
export interface SchemaFlaw {
  readonly path: string
  readonly message: string
}

/**
 * Validates a document with the cloud-init of this machine. Returns no flaws if cloud-init is not installed or cannot
 * validate it.
 */
export async function schemaFlaws(text: string): Promise<readonly SchemaFlaw[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mesos-bakery-'))
  try {
    const file = join(folder, 'user-data.yaml')
    await writeFile(file, text)
    return flawsIn(await said(file))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function said(file: string): Promise<string> {
  const ask = ['schema', '--config-file', file]
  const { stdout, stderr } = await runProgram('cloud-init', ask, { timeout: 30_000 })
  return `${stdout}\n${stderr}`
}

/** `Cloud config schema errors: packages: 3 is not of type 'array', users.0: …`. */
function flawsIn(output: string): readonly SchemaFlaw[] {
  const [, list] = /Cloud config schema errors: ([^\n]+)/.exec(output) ?? []
  if (list === undefined) return []
  return list.split(/, (?=[a-z][\w-]*(?:\.[\w-]+)*: )/).map(entry => {
    const [, path = '', message = entry] = /^([a-z][\w.-]*): (.*)$/s.exec(entry) ?? []
    return { path, message }
  })
}
