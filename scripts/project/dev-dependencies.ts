import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const clone = new URL('../../', import.meta.url)

/** The dev dependencies that are not installed. */
export function missingDevDependencies(): readonly string[] {
  const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', clone), 'utf8'))
  return Object.keys(devDependencies).filter(
    name => !existsSync(fileURLToPath(new URL(`node_modules/${name}`, clone))),
  )
}
