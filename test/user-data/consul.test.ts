import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { cases, expectedFiles } from '../harness/cases.ts'
import { consul, consulMissing } from '../harness/consul.ts'
import { readDocument } from '../harness/documents.ts'
import { runProgram, unless } from '../harness/programs.ts'

const test = unless(consulMissing(), anyTest as TestFn)

/** The settings that the image adds, including the address of the machine. */
const imageShare = { data_dir: '/var/lib/consul', bind_addr: '127.0.0.1' }

for (const name of cases) {
  test(`Consul accepts the configuration of every node of ${name}`, t => {
    const documents = [...expectedFiles(name)].filter(([file]) => file.endsWith('.yaml'))
    t.true(documents.length > 0)
    for (const [file, text] of documents) {
      const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-consul-'))
      writeFileSync(join(folder, 'image.json'), JSON.stringify(imageShare))
      for (const { path, content } of readDocument(text).write_files) {
        if (path.startsWith('/etc/consul.d/')) writeFileSync(join(folder, basename(path)), content)
      }
      const { code, output } = runProgram(consul, ['validate', folder])
      t.is(code, 0, `${file}: ${output}`)
      t.regex(output, /Configuration is valid!/)
    }
  })
}
