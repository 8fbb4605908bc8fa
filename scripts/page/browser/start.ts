import { config } from 'zod/mini'
import { keysNamed } from '../../inventory/keys.ts'
import { isVariable } from '../../inventory/variables.ts'
import { sayKey, sayVariable } from '../../show/say-variable.ts'
import { loadPrograms } from '../../user-data/load-templates.ts'
import type { PageData } from '../html-page.ts'
import { linesOf, modelOf, type PageModel, type Shown } from '../page-model.ts'
import { editorIn } from './editor.ts'
import { byId, type Content, make, patch } from './elements.ts'
import { runningView } from './running-view.ts'
import { talksView, zonesView } from './topology-view.ts'
import { budgetView, documentView, factsOf, nodesView, planView, problemsView, sayCountsOf } from './views.ts'

// The page forbids code that is made from text.
config({ jitless: true })

const data: PageData = JSON.parse(byId('data').textContent ?? '')
const programs = loadPrograms()

let current = data.text
let shown: Shown | undefined
let chosen: string | undefined

const editor = editorIn(byId('editor'), data.text, {
  changed: text => update(text),
  moved: (line, path) => {
    explain(path)
    mark(line)
  },
})

function show(id: string, content: Content): void {
  const next = make('div', {}, content)
  const [old] = byId(id).children
  if (old === undefined) byId(id).append(next)
  else patch(old, next)
}

function update(text: string): void {
  const start = performance.now()
  current = text
  const model = modelOf({ file: data.file, text }, programs)
  editor.setProblems(model.problems)
  showProblems(model)
  if (model.shown !== undefined) showAll(model.shown)
  document.body.classList.toggle('empty', shown === undefined)
  document.body.classList.toggle('stale', model.shown === undefined)
  byId('stale').hidden = model.shown !== undefined
  byId('stale').textContent =
    shown === undefined
      ? 'The inventory has errors. Correct them to see the cluster.'
      : 'The inventory has errors. Everything below shows its last state without errors.'
  document.body.dataset.milliseconds = String(Math.round(performance.now() - start))
}

function showProblems(model: PageModel): void {
  byId('counts').textContent = sayCountsOf(model)
  byId('counts').className =
    model.shown === undefined ? 'error' : model.problems.length > 0 ? 'warning' : 'good'
  show('problems', problemsView(model, editor.goTo))
}

function showAll(next: Shown): void {
  shown = next
  byId('name').textContent = next.cluster.name
  document.title = `${next.cluster.name} · mesos-bakery`
  byId('facts').textContent = factsOf(next)
  show('zones', zonesView(next))
  show('talks', talksView(next))
  showPlan()
  show('budgets', budgetView(next))
  choose(next.nodes.some(({ name }) => name === chosen) ? chosen : next.nodes[0]?.name)
}

function showPlan(): void {
  const isOpen = byId('steps').querySelector('details')?.open === true
  if (shown !== undefined) show('steps', planView(shown, isOpen, showPlan))
}

function choose(name: string | undefined): void {
  chosen = name
  const node = shown?.nodes.find(one => one.name === name)
  if (shown === undefined || node === undefined) return
  const focused = document.activeElement?.textContent === name
  show('nodes', nodesView(shown, name, choose))
  byId('document-title').textContent = node.name
  show('document', documentView(node, linesOf(shown, node, programs), editor.goTo))
  if (focused) byId('nodes').querySelector<HTMLElement>('[aria-pressed=true]')?.focus()
}

/** Explains the key at the cursor, as the command explain does. */
function explain(path: readonly string[]): void {
  const last = path.at(-1) ?? ''
  const key = keysNamed(path.join('.'))[0]
  byId('explanation').textContent = isVariable(last)
    ? sayVariable(last)
    : key === undefined
      ? ''
      : sayKey(key)
}

/** Marks the lines of user data that were made from a line of the inventory. */
function mark(line: number): void {
  for (const row of document.querySelectorAll<HTMLElement>('.document li')) {
    row.classList.toggle('marked', (row.dataset.from ?? '').split(' ').includes(String(line)))
  }
}

/** Saves the edited inventory. The page itself cannot write the file that it was made from. */
function save(): void {
  const href = URL.createObjectURL(new Blob([current], { type: 'text/yaml' }))
  make('a', { href, download: data.file.split('/').at(-1) }).click()
  URL.revokeObjectURL(href)
}

byId('save').addEventListener('click', save)
byId('reset').addEventListener('click', () => editor.replace(data.text))
byId('file').textContent = data.file
if (data.running !== undefined) {
  byId('running-section').hidden = false
  show('running', runningView(data.running))
}
update(data.text)
