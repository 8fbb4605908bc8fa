import { checkFields, type Mapping, type Outcome } from './check-fields.ts'
import { type Checked, sshFields } from './fields.ts'
import { suggestion } from './nearest.ts'
import { Path } from './problem-path.ts'
import { helping, type Problem } from './problems.ts'
import { refusedOptions, sshOptionNames } from './ssh-options.ts'

/** What the inventory says about connections to instances. */
export interface SshSettings {
  readonly user: string
  readonly jumpHost: string | undefined
  /** By name. An option with several values is set several times. */
  readonly options: NonNullable<Checked<typeof sshFields>['options']>
}

/** Checks what an inventory says about connections to instances. */
export function checkSsh(given: Mapping | undefined): Outcome<SshSettings | undefined> {
  if (given === undefined) return { value: undefined, problems: [] }
  const { value, problems } = checkFields(sshFields, given, Path.inInventory('ssh'))
  const { user, jump_host: jumpHost, options = {} } = value
  return {
    value: user === undefined ? undefined : { user, jumpHost, options },
    problems: [...problems, ...(given.user === undefined ? [userless] : []), ...checkOptions(given)],
  }
}

const userless: Problem = {
  code: 'E114',
  path: Path.inInventory('ssh'),
  at: 'key',
  message: 'user is required',
  help: 'add user: admin, or the user of your image',
}

/** Checks the names of options, whether their values are right or not. */
function checkOptions({ options, jump_host: jumpHost }: Mapping): readonly Problem[] {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return []
  return Object.keys(options).flatMap((name): readonly Problem[] => {
    const at = { path: Path.inInventory('ssh', 'options', name), at: 'key' } as const
    const known = sshOptionNames.find(one => one.toLowerCase() === name.toLowerCase())
    if (known === undefined) {
      const help = helping(suggestion(name, sshOptionNames, options))
      return [{ code: 'E115', ...at, message: 'unknown option of ssh', ...help }]
    }
    const help = refusedOptions.get(known)
    if (help !== undefined) return [{ code: 'E116', ...at, message: 'cannot be set', help }]
    if (jumpHost === undefined || !/^Proxy(Jump|Command)$/.test(known)) return []
    const message = 'cannot be set together with jump_host'
    return [{ code: 'E116', ...at, message, help: 'remove one of them' }]
  })
}
