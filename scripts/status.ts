import { defineCommand } from './cli/command.ts'
import { inventoryOptions, overrideOptions, targetOptions } from './cli/common-options.ts'
import { examineNow, findingsOf } from './cli/examine.ts'
import { loadToLook } from './cli/load.ts'
import { endWith, isProgram, main, print, printJson } from './cli/main.ts'
import { flag, naming, text } from './cli/options.ts'
import { writePage } from './cli/page-file.ts'
import { onStdout } from './cli/screen.ts'
import { watchView } from './cli/watch-view.ts'
import { runningOf } from './page/running.ts'
import { exitCodeOf, sayView, viewJson } from './show/say-view.ts'
import type { View } from './targets/target.ts'

/** How long `--watch` waits between two observations, in milliseconds. */
const pause = 5_000

export const command = defineCommand({
  name: 'status',
  summary: 'show the state of a cluster and how it differs from its inventory',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    watch: flag('show the state again every 5 s, until Ctrl-C'),
    page: naming(
      'files',
      text('FILE', 'also write a web page that shows the state and the findings of doctor'),
    ),
  },
  rules: [
    { option: 'watch', conflictsWith: 'json' },
    { option: 'watch', conflictsWith: 'page' },
  ],
  examples: [
    ['', 'print a table'],
    ['--watch', 'follow a launch or a rolling update'],
    ['--json', 'print JSON with every machine'],
  ],
  run: async given => {
    const { asked, target } = await loadToLook(given)
    const look = () => target.look(asked)
    const textOf = (view: View) => sayView(view, onStdout())
    const view = given.watch ? await watchView(look, textOf, pause) : await look()
    if (given.json) printJson({ ...viewJson(view), standing: view.standing })
    else if (!given.watch) print(textOf(view))
    if (given.page !== undefined) {
      const { file, text } = asked.source
      const findings = findingsOf(await examineNow(given, asked, target))
      await writePage(given.page, { file, text, running: runningOf(view, findings) })
    }
    endWith(exitCodeOf[view.standing])
  },
})

if (isProgram(import.meta.url)) await main(command)
