import * as z from 'zod/mini'
import { type Type, textual } from './types.ts'

// IAM accepts fewer characters than EC2 and Auto Scaling, and does not distinguish Team from team (IAM User Guide,
// "Rules for tagging in IAM and AWS STS"). The role of the machines carries every tag.
const characters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
const allowed = 'letters, digits, spaces and _ . : / = + - @'

/** AWS accepts 50 tags for a resource, and mesos-bakery sets up to nine of them. */
const most = 40

const key: Type<string> = {
  name: 'tag key',
  expects: `a tag key of 1 to 128 ${allowed}, other than Name, aws:… and mesos-bakery:…`,
  schema: z
    .string()
    .check(z.minLength(1), z.maxLength(128), z.regex(characters), z.regex(/^(?!aws:|mesos-bakery:|name$)/i)),
  hint: value => keyHint(String(value)),
}

function keyHint(name: string): string | undefined {
  if (/^aws:/i.test(name)) return 'choose another key: aws: is reserved for AWS'
  if (/^(mesos-bakery:|name$)/i.test(name)) return 'remove it: mesos-bakery sets this tag'
  if (name.length > 128) return `shorten it: it has ${name.length} characters`
  return strange(name)
}

function strange(text: string): string | undefined {
  const [found] = [...text].filter(character => !characters.test(character))
  return found === undefined ? undefined : `remove ${JSON.stringify(found)}`
}

const value: Type<string> = {
  ...textual(
    'tag value',
    `a tag value of up to 256 ${allowed}, not starting with aws:`,
    /^(?!aws:)[^\n]*$/i,
    given => {
      const text = String(given)
      if (/^aws:/i.test(text)) return 'choose another value: aws: is reserved for AWS'
      return text.length > 256 ? `shorten it: it has ${text.length} characters` : strange(text)
    },
  ),
  schema: z.string().check(z.maxLength(256), z.regex(characters), z.regex(/^(?!aws:)/i)),
}

const isDistinct = (tags: Readonly<Record<string, string>>) =>
  new Set(Object.keys(tags).map(name => name.toLowerCase())).size === Object.keys(tags).length

/** Tags that EC2, Auto Scaling and IAM accept. */
export const tags: Type<Readonly<Record<string, string>>> = {
  name: 'map of tags',
  expects: 'a map from tag keys to text, such as { team: platform }',
  schema: z.record(key.schema as z.ZodMiniString, value.schema).check(
    z.refine(isDistinct),
    z.refine(all => Object.keys(all).length <= most),
  ),
  entries: { items: value, keys: key, alike: name => name.toLowerCase(), most },
}
