import test from 'ava'
import { inspect } from '../../scripts/check/inspect.ts'
import { compileTemplates } from '../../scripts/user-data/compile.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'
import { readTemplates } from '../../scripts/user-data/template-files.ts'
import { templatesOf } from '../../scripts/user-data/templates.ts'
import { needing, runProgram } from '../harness/programs.ts'
import { clusterOf, sampleInventory, templates } from '../harness/sample.ts'

const unset = { value: { vars: {} }, problems: [] }
const sources = readTemplates()

/** The problems reported for the sample if a template is modified. */
const broken = (name: string, edit: (text: string) => string) => {
  const edited = { ...sources, [name]: edit(sources[name] ?? '') }
  const workshop = { sources: edited, templates: templatesOf(compileTemplates(edited)) }
  const read = () => ({ file: 'inventory.yaml', text: sampleInventory() })
  return inspect({ file: 'inventory.yaml', read }, unset, workshop).problems.map(
    ({ code, file, line, message }) => `${code} ${file}:${line} ${message}`,
  )
}

test('the output of our templates has no flaws', t => {
  t.deepEqual(
    broken('follower', text => text),
    [],
  )
})

test('a mistake in a template is reported at its line', t => {
  t.deepEqual(
    broken('follower', text => text.replace('#cloud-config\n', '#cloud-config\nlocale: no\n')),
    ['E061 cloud-init/follower.yaml.ejs:2 cloud-init, which uses YAML 1.1, reads locale as false'],
  )
  t.deepEqual(
    broken('leader', text => text.replace('hostname:', 'hostnmae:')),
    ['E061 cloud-init/leader.yaml.ejs:2 hostnmae is not a cloud-init key'],
  )
  t.deepEqual(
    broken('parts/consul', text => text.replace('"ports": {', '"ports": [')),
    ['E061 cloud-init/parts/consul.yaml.ejs:1 /etc/consul.d/agent.json is not valid JSON'],
  )
  t.deepEqual(
    broken('parts/zookeeper', text =>
      text.replace('/etc/zookeeper/conf/myid', '/etc/zookeeper/conf/zoo.cfg'),
    ),
    ['E061 cloud-init/parts/zookeeper.yaml.ejs:1 /etc/zookeeper/conf/zoo.cfg is defined twice'],
  )
  const [unreadable = ''] = broken('parts/resolver', text => text.replace('    content: |', '   content: |'))
  t.regex(unreadable, /^E061 cloud-init\/parts\/resolver\.yaml\.ejs:2 is not valid YAML: /)
})

const additions = `vars:
  user_data_extra:
    packages: [htop, "no", "1:30"]
    timezone: Europe/Berlin
    runcmd:
      - [sh, -c, "echo ''no'' >>/run/yours; exit"]
      - "<%= 1 %> {{ v }} \${x}"
    write_files: [{ path: /etc/motd, permissions: "0644", content: "a\\n  b: [\\n\\n- c\\t\\u0085\\u2028\\n" }]
    users: [default, { name: ops, groups: [sudo] }]
    "apt": { sources: { "on": { source: "deb http://mirror.example.com bookworm main" } } }
`

needing(test, 'cloud-init')('additions are merged as cloud-init merges two documents, ours first', t => {
  const [without, withThem] = [sampleInventory(1), `${sampleInventory(1)}${additions}`].map(
    text => renderCluster(templates, clusterOf(text))[0]?.text ?? '',
  )
  const { user_data_extra } = clusterOf(`${sampleInventory(1)}${additions}`).seats[0]?.values ?? {}
  const script = `
import importlib.util, json, sys, yaml
from cloudinit import mergers
theirs, ours, both = json.load(sys.stdin)
rule = mergers.string_extract_mergers("list(append)+dict(no_replace,recurse_list)+str()")
merged = mergers.construct(rule).merge(yaml.safe_load(ours), theirs)
print(json.dumps([merged, yaml.safe_load(both)]))`
  const input = JSON.stringify([user_data_extra, without, withThem])
  const { code, output } = runProgram('/usr/bin/python3', ['-c', script], input)
  t.is(code, 0, output)
  const [merged, rendered] = JSON.parse(output)
  t.deepEqual(rendered, merged)
})

test('what the schema of cloud-init refuses is told at its line', t => {
  const text = `${sampleInventory(1)}vars:
  user_data_extra:
    final_message: 7
    users: [default, { name: ops, gecos: 7 }]
`
  const read = () => ({ file: 'inventory.yaml', text })
  const { problems } = inspect({ file: 'inventory.yaml', read }, unset, { sources, templates })
  t.deepEqual(
    problems.map(({ code, path, line }) => `${code} ${path}:${line}`),
    ['E062 vars.user_data_extra.final_message:7', 'E062 vars.user_data_extra.users.1.gecos:8'],
  )
})
