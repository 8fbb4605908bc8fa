// Creates the packages of the stand-ins for Mesos and Marathon, and prints them in the format of `image.artifacts` in
// an inventory, as JSON: `node --import tsx test/doubles/make-packages.ts FOLDER`.
import { resolve } from 'node:path'
import { artifactsWithVersions } from './packages.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('usage: make-packages.ts FOLDER\n')
  process.exitCode = 2
} else {
  process.stdout.write(`${JSON.stringify(await artifactsWithVersions({ folder: resolve(folder) }))}\n`)
}
