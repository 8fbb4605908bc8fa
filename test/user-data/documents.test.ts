import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { cases, expectedFiles } from '../harness/cases.ts'
import { readDocument, readEnvironment } from '../harness/documents.ts'
import { needing, runProgram } from '../harness/programs.ts'

const documents = cases.flatMap(name =>
  [...expectedFiles(name)]
    .filter(([file]) => file.endsWith('.yaml'))
    .map(([file, text]) => ({ path: `test/cases/${name}/expected/${file}`, text })),
)

// `cloud-init schema` silently accepts an unknown top-level key.
const knownKeys = new Set(['hostname', 'write_files', 'runcmd'])

test('the cases contain documents', t => {
  t.true(documents.length > 20)
})

for (const { path, text } of documents) {
  needing(test, 'cloud-init')(`cloud-init accepts ${path}`, t => {
    const { code, output } = runProgram('cloud-init', ['schema', '--config-file', path])
    t.is(code, 0, output)
    t.regex(output, /^Valid cloud-config/m)
  })

  test(`${path} has the same meaning in YAML 1.1 and 1.2, with known keys and valid files`, t => {
    const document = readDocument(text)
    t.deepEqual(document, readDocument(text, '1.1'))
    t.deepEqual(
      Object.keys(document).filter(key => !knownKeys.has(key)),
      [],
    )
    const paths = document.write_files.map(file => file.path)
    t.is(new Set(paths).size, paths.length, 'a file is written twice')
    for (const file of document.write_files) {
      if (file.path.endsWith('.json')) t.notThrows(() => JSON.parse(file.content), file.path)
      if (file.path.endsWith('.env')) t.false(readEnvironment(file.content).has(''), file.path)
    }
  })
}

needing(test, 'cloud-init')('PyYAML, which cloud-init reads with, sees what we see', t => {
  const script =
    'import json, sys, yaml; print(json.dumps([yaml.safe_load(text) for text in json.load(sys.stdin)]))'
  const { code, output } = runProgram(
    '/usr/bin/python3',
    ['-c', script],
    JSON.stringify(documents.map(one => one.text)),
  )
  t.is(code, 0, output)
  t.deepEqual(
    JSON.parse(output),
    documents.map(({ text }) => readDocument(text)),
  )
})

test('templates quote every value except plain names', t => {
  for (const name of readdirSync('cloud-init', { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ejs')) continue
    const raw = readFileSync(`cloud-init/${name}`, 'utf8').match(/<%-.*?%>/g) ?? []
    t.deepEqual(
      raw.filter(tag => !/^<%- (part\('[a-z-]+'\)|bare\([a-z_.]+\)|yours\('[a-z_]+'\)) -?%>$/.test(tag)),
      [],
      name,
    )
  }
})
