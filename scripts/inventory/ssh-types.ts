import * as z from 'zod/mini'
import { printable, type Type, textual } from './types.ts'

export const sshUser = textual('user', 'the name of a user such as admin', /^[A-Za-z_][A-Za-z0-9_.@-]{0,63}$/)

const hop = String.raw`([A-Za-z_][\w.@-]*@)?([A-Za-z0-9_][\w.-]*|\[[0-9A-Fa-f:]+\])(:\d{1,5})?`

export const jumpHost = textual(
  'jump host',
  'a jump host such as admin@bastion.example.com:22',
  new RegExp(`^${hop}(,${hop})*$`),
)

const single = z.union([z.number(), z.boolean(), z.string().check(z.minLength(1), z.regex(printable))])

const value: Type<string | number | boolean | readonly (string | number | boolean)[]> = {
  name: 'value',
  expects: 'a number, true, false, a single line of text, or a list of these',
  schema: z.union([single, z.array(single).check(z.minLength(1))]),
}

const optionName: Type<string> = {
  name: 'option',
  expects: 'an option of ssh such as IdentityFile',
  schema: z.string().check(z.minLength(1)),
}

/** Options of ssh: checked one by one against its table, see ssh-settings.ts. */
export const sshOptions: Type<
  Readonly<Record<string, string | number | boolean | readonly (string | number | boolean)[]>>
> = {
  name: 'map of SSH options',
  expects: 'a map from options to values, such as { IdentityFile: ~/.ssh/cluster }',
  schema: z.record(z.string(), value.schema),
  entries: { items: value, keys: optionName, alike: name => name.toLowerCase() },
}
