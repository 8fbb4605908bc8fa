import type { ShownFinding } from '../../show/say-findings.ts'
import type { Running } from '../running.ts'
import { type Content, make, tableOf } from './elements.ts'

/** The nodes and the health checks of the running cluster, as `status` prints them, and the findings of `doctor`. */
export function runningView({ head, rows, gates, findings }: Running): Content {
  const [heads = [], ...cells] = rows
  const marks = { green: '✓', waiting: '·', failed: '✗' }
  return [
    head.map(line => make('p', {}, line)),
    make(
      'ul',
      { class: 'gates' },
      gates.map(({ name, state, detail }) =>
        make(
          'li',
          {},
          make('b', { class: state, title: state }, marks[state]),
          make('b', {}, name),
          make('span', {}, detail),
        ),
      ),
    ),
    tableOf(
      'nodes of the running cluster',
      heads,
      cells.map(row =>
        row.map(cell => (cell.startsWith('  ') ? make('span', { class: 'indent' }, cell.trim()) : cell)),
      ),
    ),
    make('h3', {}, 'Findings'),
    findings.length === 0 ? make('p', {}, 'No findings.') : findings.map(findingView),
  ]
}

function findingView({ code, node, cause, evidence, setting, fix, also }: ShownFinding): Content {
  const rows = [
    ['seen', evidence],
    ...(setting === null ? [] : [['inventory', `${setting.place} ${setting.path}`]]),
    ['fix', fix],
    ...(also === null ? [] : [['also', also]]),
  ]
  return make(
    'section',
    { class: 'finding' },
    make('p', {}, make('b', { class: 'failed' }, code), ` ${node ?? ''}${node === null ? '' : ': '}${cause}`),
    make(
      'dl',
      {},
      rows.map(([term = '', text = '']) => [make('dt', {}, term), make('dd', {}, text)]),
    ),
  )
}
