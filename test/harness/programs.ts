import { spawnSync } from 'node:child_process'
import type { TestFn } from 'ava'

/** `test`, or `test.skip` after printing the reason if a program is missing. */
export function needing<C>(test: TestFn<C>, program: string): TestFn<C> | TestFn<C>['skip'] {
  const present = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
  return unless(present ? undefined : `${program} is missing; run .ci/setup`, test)
}

/**
 * `test`, or `test.skip` after printing the reason if something is missing. In CI nothing may be missing, so the test
 * runs and fails.
 */
export function unless<C>(missing: string | undefined, test: TestFn<C>): TestFn<C> | TestFn<C>['skip'] {
  if (!missing || process.env.CI) return test
  process.stderr.write(`skipped: ${missing}\n`)
  return test.skip
}

/** Runs a program with text as its standard input. */
export function runProgram(
  program: string,
  args: readonly string[],
  input = '',
): { code: number; output: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8', maxBuffer: 1 << 30 })
  return { code: status ?? -1, output: `${stdout}${stderr}` }
}
