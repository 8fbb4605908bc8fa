import { readFileSync } from 'node:fs'
import type { Running } from '../../scripts/page/running.ts'

/** The running cluster that a page shows. */
export function runningIn(page: string): Running {
  const data = /<script type="application\/json" id="data">(.*)<\/script>/
  const [, json = ''] = data.exec(readFileSync(page, 'utf8')) ?? []
  return JSON.parse(json).running
}
