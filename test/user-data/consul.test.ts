import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { checkDaemonFiles } from '../../scripts/inventory/cloud-config/daemon-files.ts'
import { Path } from '../../scripts/inventory/problem-path.ts'
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

const hcl = [
  'log_level = "warn"',
  'serivce { name = "web" }',
  'service { name = "web", port = 80 }',
  'services = [{ name = "web" }, { name = "db", port = 1 }]\nlog_levle = "warn"',
  '"limits" = { "http_max_conns_per_client" = 300 }',
  'telemetry {\n  prometheus_retention_time = "1h"\n}\nlimits { http_max_conns_per_client = 300 }',
  '# serivce = {\n// more {\n/* unknown = 1 */\nnode_meta { team = "a # } b" }\n',
  'node_meta = { "a" = "}" }\nnone = 1',
  'check {\n  id = "a"\n  name = "a"\n  args = ["true"]\n  interval = "10s"\n}\nenable_script_checks = true',
  'connect { enabled = true }\nperformance { raft_multiplier = 1 }\nui_cfg { enabled = true }',
]

for (const [index, content] of hcl.entries()) {
  test(`keys of a file in HCL are refused as by Consul: ${index}`, t => {
    const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-hcl-'))
    writeFileSync(join(folder, 'image.json'), JSON.stringify(imageShare))
    writeFileSync(join(folder, 'more.hcl'), content)
    const { code, output } = runProgram(consul, ['validate', folder])
    const config = { write_files: [{ path: '/etc/consul.d/more.hcl', content }] }
    const found = checkDaemonFiles(config, Path.root)
    t.is(found.length, code === 0 ? 0 : 1, output)
  })
}
