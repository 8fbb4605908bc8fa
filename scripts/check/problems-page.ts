import { severityOf } from '../inventory/problems.ts'
import type { RuleText } from '../inventory/rules/rule.ts'
import { styleFor } from '../show/style.ts'
import { commandLine } from './command-line.ts'
import { inspect } from './inspect.ts'
import { sayProblems } from './say-problems.ts'

/** The whole of docs/problems.md: every rule, an inventory that breaks it, and what is said then. */
export function problemsPage(rules: readonly RuleText[]): string {
  return [
    '# Problems',
    '',
    '<!-- Made by `npm run docs` from the rules in scripts/. -->',
    '',
    '`npm run check` checks these rules, and so do `render`, `launch` and `bake` before they do anything. `E` is an',
    'error, and nothing is done while there is one; `W` is a warning, which `check --strict` refuses too.',
    '`npm run explain -- E012` prints a rule.',
    '',
    ...rules.flatMap(ruleSection),
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}

function ruleSection({ code, sentence, why, example }: RuleText): readonly string[] {
  const head = [`## ${code}`, '', `**${sentence}** ${why}`, '']
  if (example === undefined) return head
  return [...head, '```yaml', example, '```', '', '```', said(code, example), '```', '']
}

/** What `check` says of an example. */
export function said(code: RuleText['code'], example: string): string {
  const source = { file: 'inventory.yaml', text: `${example}\n` }
  const { problems } = inspect(
    { file: source.file, read: () => source },
    { value: { vars: {} }, problems: [] },
  )
  const shown = { source, called: commandLine('check', []), style: styleFor({}, {}) }
  return sayProblems(
    problems.filter(problem => problem.code === code || severityOf(problem) === 'error'),
    shown,
  )
}
