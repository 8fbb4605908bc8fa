import { defineCommand } from './cli/command.ts'
import { inventoryOptions, overrideOptions, targetOptions } from './cli/common-options.ts'
import { completingFor, draftOfCall, observeForDiagnosis } from './cli/examine.ts'
import { loadToLook } from './cli/load.ts'
import { endWith, isProgram, main, print, printJson } from './cli/main.ts'
import { onStdout } from './cli/screen.ts'
import { diagnose } from './doctor/diagnose.ts'
import { sayFindings, shownFindings } from './show/say-findings.ts'

export const command = defineCommand({
  name: 'doctor',
  summary: 'find out what is wrong with a running cluster, and how to fix it',
  options: { ...inventoryOptions, ...targetOptions, ...overrideOptions },
  examples: [
    ['', 'diagnose the cluster in inventory.yaml'],
    ['--target local', 'diagnose a cluster in containers'],
    ['--json', 'print the findings as JSON'],
  ],
  run: async given => {
    const { asked, target } = await loadToLook(given)
    const { observed } = await observeForDiagnosis(asked, target)
    const { cluster, source } = asked
    const findings = diagnose({ ...observed, cluster, draft: draftOfCall(given, source) })
    const shown = shownFindings(findings, observed, completingFor(given, source, cluster.target))
    const reports = observed.nodes.map(({ name, state, report, age }) => ({
      node: name,
      state,
      reports: report !== undefined,
      age: age ?? null,
    }))
    if (given.json) printJson({ cluster: cluster.name, findings: shown, reports })
    else print(sayFindings(cluster.name, shown, observed, onStdout()))
    const unreadable = observed.nodes.every(({ report }) => report === undefined)
    endWith(unreadable ? 3 : findings.length > 0 ? 1 : 0)
  },
})

if (isProgram(import.meta.url)) await main(command)
