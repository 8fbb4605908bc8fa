// Runs before commands for developers, which fail in confusing ways without the dev dependencies.
import { missingDevDependencies } from './dev-dependencies.ts'

if (missingDevDependencies().length > 0) {
  process.stderr.write('error: dev dependencies are not installed; run npm install --include=dev\n')
  process.exitCode = 1
}
