/** A problem in a part whose kind is not cloud-config, with the line that contains it. */
export interface TextTrouble {
  readonly line?: number
  readonly message: string
  readonly help: string
}

/** What is wrong with a part of a kind that is not cloud-config. */
export function textTroubles(kind: string, text: string): readonly TextTrouble[] {
  if (/^text\/x-include(-once)?-url$/.test(kind)) return includeTroubles(text)
  if (kind === 'text/part-handler') return handlerTroubles(text)
  return kind === 'text/x-shellscript' || kind === 'text/cloud-boothook' ? scriptTroubles(text) : []
}

/** The kernel treats the carriage return of a Windows line ending as part of the name of the interpreter. */
function scriptTroubles(text: string): readonly TextTrouble[] {
  const lines = text.trimStart().split('\n')
  const line = lines.findIndex(one => one.startsWith('#!'))
  const first =
    line === 0 || (line === 1 && lines[0]?.startsWith('#cloud-boothook')) ? lines[line] : undefined
  if (first?.endsWith('\r')) {
    return [
      {
        line: line + 1,
        message: 'ends with a carriage return',
        help: 'save the file with Unix line endings',
      },
    ]
  }
  return first === undefined || /^#!\s*\/\S/.test(first)
    ? []
    : [{ line: line + 1, message: 'must name an interpreter', help: 'write #!/bin/sh' }]
}

/** cloud-init fetches each line that is not a comment, and fails if it cannot (user_data.py, _do_include). */
function includeTroubles(text: string): readonly TextTrouble[] {
  const urls = text.split(/\r?\n/).map(line => line.replace(/^#include(-once)?/i, '').trim())
  const help = 'write one URL in each line, such as https://example.com/user-data.yaml'
  const wrong = urls.flatMap((url, index): readonly TextTrouble[] =>
    url === '' || url.startsWith('#') || /^(https?|file):\/\/\S+$/.test(url)
      ? []
      : [{ line: index + 1, message: 'must be a URL that begins with https, http or file', help }],
  )
  const isEmpty = urls.every(url => url === '' || url.startsWith('#'))
  return isEmpty ? [{ message: 'includes nothing', help }] : wrong
}

/** handlers/__init__.py, register and fixup_handler. A handler for cloud-config would take ours from cloud-init. */
function handlerTroubles(text: string): readonly TextTrouble[] {
  const missing = ['list_types', 'handle_part'].filter(
    name => !new RegExp(`^(?:async )?(?:def ${name}\\b|${name}\\s*=)`, 'm').test(text),
  )
  const own = /["']text\/cloud-config["']/.test(text)
  return [
    ...missing.map(name => ({ message: `must define ${name}`, help: 'define list_types and handle_part' })),
    ...(own
      ? [
          {
            message: 'handles text/cloud-config, the type of the node’s own user data',
            help: 'use another type',
          },
        ]
      : []),
  ]
}

/** Stands for what a template inserts. */
export const placeholder = 'inserted'

/** A template of Jinja without its first line, with a word in place of each expression. Lines stay where they are. */
export function filledIn(text: string): string {
  const blank = (match: string) => match.replace(/[^\n]/g, '')
  return text
    .replace(/^\s*##\s*template:[^\n]*/, '')
    .replace(/\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g, blank)
    .replace(/\{\{[\s\S]*?\}\}/g, placeholder)
}
