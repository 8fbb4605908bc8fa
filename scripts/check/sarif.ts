import { type Problem, sayProblem, severityOf } from '../inventory/problems.ts'
import type { RuleText } from '../inventory/rules/rule.ts'

/**
 * Problems as SARIF 2.1.0, the format that editors and code review tools read.
 *
 * @param problems with their places
 */
export function sarifOf(problems: readonly Problem[], rules: readonly RuleText[]) {
  const used = rules.filter(({ code }) => problems.some(problem => problem.code === code))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        columnKind: 'unicodeCodePoints',
        tool: { driver: { name: 'mesos-bakery', rules: used.map(ruleOf) } },
        results: problems.map(problem => ({
          ...(problem.code !== undefined && { ruleId: problem.code }),
          level: severityOf(problem),
          message: { text: textOf(problem) },
          locations: locationsOf(problem),
        })),
      },
    ],
  }
}

function ruleOf({ code, sentence, why }: RuleText) {
  return { id: code, shortDescription: { text: sentence }, fullDescription: { text: why } }
}

// Without the place, which SARIF represents separately.
function textOf({ file: _, line: __, column: ___, ...problem }: Problem): string {
  return sayProblem(problem)
}

function locationsOf({ file, line, column, length = 1 }: Problem) {
  if (file === undefined) return []
  const region =
    line === undefined || column === undefined
      ? {}
      : { region: { startLine: line, startColumn: column, endColumn: column + length } }
  return [{ physicalLocation: { artifactLocation: { uri: encodeURI(file) }, ...region } }]
}
