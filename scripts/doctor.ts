import { defineCommand } from './cli/command.ts'
import { inventoryOptions, overrideOptions, targetOptions } from './cli/common-options.ts'
import { type Case, examineNow, findingsOf } from './cli/examine.ts'
import { fromCall } from './cli/inventory-file.ts'
import { loadToLook, type TargetOptions } from './cli/load.ts'
import { endWith, env, isProgram, main, print, printJson } from './cli/main.ts'
import { text } from './cli/options.ts'
import { onStdout } from './cli/screen.ts'
import { openArchive } from './cli/support-archive.ts'
import { reportsJson, sayFindings } from './show/say-findings.ts'

const options = { ...inventoryOptions, ...targetOptions, ...overrideOptions }

export const command = defineCommand({
  name: 'doctor',
  summary: 'find out what is wrong with a running cluster, and how to fix it',
  options: {
    ...options,
    from: text('ARCHIVE', 'judge an archive of npm run support instead of the cluster'),
  },
  rules: (['inventory', 'target', 'engine', 'leaders', 'followers', 'set'] as const).map(option => ({
    option,
    conflictsWith: 'from' as const,
  })),
  examples: [
    ['', 'diagnose the cluster in inventory.yaml'],
    ['--target local', 'diagnose a cluster in containers'],
    ['--json', 'print the findings as JSON'],
    ['--from c1.tar.gz', 'diagnose what npm run support has saved, offline'],
  ],
  run: async given => {
    const opened = await (given.from === undefined ? examine(given) : reopen(given.from))
    const { examined } = opened
    const findings = findingsOf(opened)
    const { name } = examined.cluster
    if (given.json) printJson({ cluster: name, findings, reports: reportsJson(examined) })
    else print(sayFindings(name, findings, examined, onStdout()))
    const unreadable = examined.nodes.every(({ report }) => report === undefined)
    endWith(unreadable ? 3 : findings.length > 0 ? 1 : 0)
  },
})

async function examine(given: TargetOptions): Promise<Case> {
  const { asked, target } = await loadToLook(given)
  return examineNow(given, asked, target)
}

async function reopen(archive: string): Promise<Case> {
  const { examined, source, recorded } = await openArchive(fromCall(archive, env()), archive)
  return { examined, source, args: recorded.args }
}

if (isProgram(import.meta.url)) await main(command)
