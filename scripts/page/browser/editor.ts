import {
  autocompletion,
  type Completion,
  type CompletionContext,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { EditorState, RangeSetBuilder, StateEffect, StateField, type Text } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from '@codemirror/view'
import { keysIn } from '../../inventory/keys.ts'
import { type Problem, severityOf } from '../../inventory/problems.ts'
import { variables } from '../../inventory/variables.ts'
import { make } from './elements.ts'

/** The inventory, as it can be edited. */
export interface Editor {
  readonly setProblems: (problems: readonly Problem[]) => void
  /** Moves the cursor to a line, and the focus to the editor. */
  readonly goTo: (line: number) => void
  readonly replace: (text: string) => void
}

interface Listening {
  readonly changed: (text: string) => void
  /** The cursor is on another line, or on another key. */
  readonly moved: (line: number, path: readonly string[]) => void
}

/** Colors keys and comments. A parser of YAML would be a tenth of the page. */
const matcher = new MatchDecorator({
  regexp: /(^[\s-]*)([\w-]+)(?=:(\s|$))|(^|\s)#.*/g,
  decorate: (add, from, to, [, before = '', key]) => {
    if (key === undefined) add(from, to, Decoration.mark({ class: 'comment' }))
    else add(from + before.length, to, Decoration.mark({ class: 'key' }))
  },
})

const colors = ViewPlugin.define(
  view => {
    const plugin = {
      decorations: matcher.createDeco(view),
      update: (update: ViewUpdate) => {
        plugin.decorations = matcher.updateDeco(update, plugin.decorations)
      },
    }
    return plugin
  },
  { decorations: plugin => plugin.decorations },
)

/** Shows an editor with a text. */
export function editorIn(parent: HTMLElement, text: string, { changed, moved }: Listening): Editor {
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      lineNumbers(),
      history(),
      colors,
      autocompletion({ override: [complete] }),
      keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
      marks,
      EditorState.tabSize.of(2),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': 'Inventory', spellcheck: 'false', tabindex: '0' }),
      EditorView.updateListener.of(update => {
        if (update.docChanged) changed(update.state.doc.toString())
        if (update.docChanged || update.selectionSet) {
          const { head } = update.state.selection.main
          moved(update.state.doc.lineAt(head).number, pathAt(update.state.doc, head))
        }
      }),
    ],
  })
  return {
    setProblems: problems => view.dispatch({ effects: setProblems.of(problems) }),
    goTo: number => {
      const { from } = view.state.doc.line(Math.min(number, view.state.doc.lines))
      view.dispatch({
        selection: { anchor: from },
        effects: EditorView.scrollIntoView(from, { y: 'center' }),
      })
      view.focus()
    },
    replace: next => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
  }
}

const setProblems = StateEffect.define<readonly Problem[]>()

/** The problems, each as a mark under its place and as a message under its line. */
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, { effects, changes, state }) => {
    const effect = effects.find(one => one.is(setProblems))
    return effect === undefined ? before.map(changes) : marksFor(effect.value, state.doc)
  },
  provide: field => EditorView.decorations.from(field),
})

function marksFor(problems: readonly Problem[], doc: Text): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>()
  const lines = new Map<number, Problem[]>()
  for (const problem of problems) {
    const line = Math.min(problem.line ?? 1, doc.lines)
    lines.set(line, [...(lines.get(line) ?? []), problem])
  }
  for (const [number, here] of [...lines].sort(([a], [b]) => a - b)) {
    const line = doc.line(number)
    const spans = here.map(problem => ({ problem, ...spanOf(problem, line.text) }))
    for (const { problem, start, end } of spans.toSorted((a, b) => a.start - b.start)) {
      if (start < end)
        builder.add(
          line.from + start,
          line.from + end,
          Decoration.mark({ class: `mark-${severityOf(problem)}` }),
        )
    }
    builder.add(line.to, line.to, Decoration.widget({ widget: new Messages(here), block: true, side: 1 }))
  }
  return builder.finish()
}

/** The part of a line that a problem is about, in UTF-16 units. */
function spanOf({ column = 1, length = 1 }: Problem, text: string) {
  const characters = [...text]
  const start = characters.slice(0, column - 1).join('').length
  return { start, end: start + characters.slice(column - 1, column - 1 + length).join('').length }
}

class Messages extends WidgetType {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super()
    this.problems = problems
  }

  override toDOM(): HTMLElement {
    return make(
      'div',
      { class: 'messages' },
      this.problems.map(problem => make('div', { class: severityOf(problem) }, sentenceOf(problem))),
    )
  }

  override eq(other: Messages): boolean {
    const texts = (one: Messages) => one.problems.map(sentenceOf).join('\n')
    return texts(this) === texts(other)
  }
}

/** `must be odd, got 4; use 3 or 5 [E012]` */
export function sentenceOf({ message, help, code }: Problem): string {
  const said = help === undefined ? message : `${message}; ${help}`
  return code === undefined ? said : `${said} [${code}]`
}

/**
 * The keys that lead to a position, from the indentation of the lines above it. An inventory that is being typed is
 * rarely valid YAML.
 */
function pathAt(doc: Text, position: number): readonly string[] {
  const path: string[] = []
  let indent = Number.POSITIVE_INFINITY
  for (let number = doc.lineAt(position).number; number > 0 && indent > 0; number--) {
    const [, spaces = '', key] = /^([ -]*)([\w-]+)\s*:/.exec(doc.line(number).text) ?? []
    if (key === undefined || spaces.length >= indent) continue
    path.unshift(key)
    indent = spaces.length
  }
  return path
}

/** Suggests the keys and variables that may stand at the cursor. */
function complete(context: CompletionContext) {
  const word = context.matchBefore(/^\s*[\w-]*/)
  const { text, from } = context.state.doc.lineAt(context.pos)
  if (word === null || text.slice(0, context.pos - from).trim() !== text.trim()) return null
  if (text.trim() === '' && !context.explicit) return null
  const indent = text.length - text.trimStart().length
  const above = aboveLine(context.state.doc, from, indent)
  return { from: from + indent, options: optionsIn(above), validFor: /^[\w-]*$/ }
}

function aboveLine(doc: Text, from: number, indent: number): readonly string[] {
  let number = doc.lineAt(from).number - 1
  while (number > 0) {
    const line = doc.line(number)
    if (/^\s*[\w-]+\s*:/.test(line.text) && line.text.search(/\S/) < indent) return pathAt(doc, line.from)
    number--
  }
  return []
}

function optionsIn(path: readonly string[]): readonly Completion[] {
  if (path.at(-1) === 'vars') {
    return Object.entries(variables).map(([label, { description, type }]) => ({
      label,
      apply: `${label}: `,
      detail: type.name,
      info: description,
    }))
  }
  return keysIn(path)
    .filter(({ path: full }) => !full.endsWith('>'))
    .map(({ path: full, field }) => ({
      label: full.split('.').at(-1) ?? full,
      apply: `${full.split('.').at(-1)}: `,
      detail: field.type.name,
      info: field.description.replaceAll('`', ''),
    }))
}
