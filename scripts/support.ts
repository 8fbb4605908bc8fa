import { defineCommand } from './cli/command.ts'
import { inventoryOptions, overrideOptions, targetOptions } from './cli/common-options.ts'
import { examineNow, findingsOf } from './cli/examine.ts'
import { fromCall } from './cli/inventory-file.ts'
import { loadToLook } from './cli/load.ts'
import { env, isProgram, main, print, printJson } from './cli/main.ts'
import { text } from './cli/options.ts'
import { overridesOf } from './cli/override-options.ts'
import { onStdout } from './cli/screen.ts'
import { textsOfNodes, writeArchive } from './cli/support-archive.ts'
import { sayFindings } from './show/say-findings.ts'
import { sayView } from './show/say-view.ts'

export const command = defineCommand({
  name: 'support',
  summary: 'save reports, journals, settings and findings, without secrets',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    out: text('FILE', 'the file to write, by default <cluster>-support-<time>.tar.gz'),
  },
  examples: [
    ['', 'save an archive of the cluster in inventory.yaml'],
    ['--target local --out c1.tar.gz', 'save an archive of a cluster in containers'],
  ],
  run: async given => {
    const { asked, target } = await loadToLook(given)
    const { cluster, source } = asked
    const examined = await examineNow(given, asked, target)
    const { view, observed } = examined
    const findings = findingsOf(examined)
    const time = new Date().toISOString().replace(/\.\d+/, '')
    const recorded = {
      ...{ format: 1 as const, time, inventory: source.file, overrides: overridesOf(given).value },
      ...{ args: given.call.args, observed },
    }
    const named = given.out ?? `${cluster.name}-support-${time.replaceAll(':', '')}.tar.gz`
    const screen = { ...onStdout(), columns: Number.POSITIVE_INFINITY }
    const nodes = await textsOfNodes(
      asked,
      target,
      observed,
      new Set(findings.flatMap(({ node }) => node ?? [])),
    )
    const files = await writeArchive(
      fromCall(named, env()),
      recorded,
      source,
      new Map([
        ['findings.txt', sayFindings(cluster.name, findings, observed, screen)],
        ['status.txt', sayView(view, screen)],
        ...nodes,
      ]),
    )
    if (given.json) printJson({ file: named, files, findings })
    else print(`${named}: ${files.length} files without secrets, and ${findings.length} findings`)
  },
})

if (isProgram(import.meta.url)) await main(command)
