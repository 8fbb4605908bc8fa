import { load } from 'js-yaml'
import { checkVars, type Outcome } from './check-fields.ts'
import { asCloudConfig } from './cloud-config/reading.ts'
import { Path } from './problem-path.ts'
import { checkSecrets, withSecrets } from './secrets.ts'
import { checkTree } from './tree.ts'
import { isVariable, type SomeValues, variables } from './variables.ts'

/** A variable set on the command line: its name and the text after the equals sign. */
export type Setting = readonly [name: string, text: string]

/** Checks `--set name=value` as if it were in the inventory. The last one of a name is used. */
export function parseSettings(settings: readonly Setting[]): Outcome<SomeValues> {
  const vars = Object.fromEntries(settings.map(([name, text]) => [name, settingValue(name, text)]))
  const path = Path.ofOption('--set')
  const { value, problems } = checkVars(vars, path)
  return { value, problems: withSecrets([...checkTree(vars, path), ...problems], checkSecrets(vars, path)) }
}

/** The text parsed as YAML, unless the variable requires text: `--set mesos_cluster=7`. */
function settingValue(name: string, text: string): unknown {
  const parsed = name === 'user_data_extra' ? asCloudConfig(tryYaml(text), text) : tryYaml(text)
  const fits = isVariable(name) && variables[name].type.schema.safeParse(text).success
  const parsedFits = isVariable(name) && variables[name].type.schema.safeParse(parsed).success
  return fits && !parsedFits ? text : parsed
}

function tryYaml(text: string): unknown {
  try {
    return load(text)
  } catch {
    return text
  }
}
