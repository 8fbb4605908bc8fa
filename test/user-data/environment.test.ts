import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { checkVars } from '../../scripts/inventory/check-fields.ts'
import { Path } from '../../scripts/inventory/problem-path.ts'
import { printable } from '../../scripts/inventory/types.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'
import { consul, consulMissing } from '../harness/consul.ts'
import { fileIn, readDocument } from '../harness/documents.ts'
import { needing, runProgram, unless } from '../harness/programs.ts'
import { clusterOf, sampleInventory, templates } from '../harness/sample.ts'

// Values at the limits of the rules, judged by systemd, Linux and Consul themselves.

const accepts = (vars: Readonly<Record<string, unknown>>) =>
  checkVars(vars, Path.inInventory('vars')).problems.length === 0

// The environment of a unit with EnvironmentFile=: the file is parsed, and invalid assignments are dropped.
const systemd = `
import ctypes, glob, json, os, sys, tempfile
lib = ctypes.CDLL(glob.glob('/usr/lib/*/systemd/libsystemd-shared-*.so')[0])
lib.strv_env_clean_with_callback.restype = ctypes.POINTER(ctypes.c_char_p)
kept = []
for content in json.load(sys.stdin):
    path = os.path.join(tempfile.mkdtemp(), 'env')
    with open(path, 'w') as file:
        file.write(content)
    strings = ctypes.POINTER(ctypes.c_char_p)()
    code = lib.load_env_file(None, path.encode(), ctypes.byref(strings))
    clean = lib.strv_env_clean_with_callback(strings, None, None) if code >= 0 and strings else None
    kept.append(clean[0].decode() if clean and clean[0] else None)
print(json.dumps(kept))`

needing(anyTest, 'systemctl')(
  'systemd keeps every character that a value may have, and drops the non-characters',
  t => {
    const planes = Array.from({ length: 17 }, (_, plane) => plane * 0x1_0000)
    const points = [
      ...[0xfdcf, 0xfdd0, 0xfdef, 0xfdf0],
      ...planes.flatMap(plane => [plane + 0xfffd, plane + 0xfffe, plane + 0xffff]),
    ]
    const texts = points.map(point => String.fromCodePoint(point))
    const files = texts.map(text => `A="x${text}"\n`)
    const { code, output } = runProgram('python3', ['-c', systemd], JSON.stringify(files))
    t.is(code, 0, output)
    const kept: readonly (string | null)[] = JSON.parse(output.split('\n')[0] ?? '')
    for (const [index, text] of texts.entries())
      t.is(kept[index] === `A=x${text}`, printable.test(text), points[index]?.toString(16))
  },
)

anyTest('a program starts with the longest permitted value, and not with one more byte', t => {
  const most = 131_072 - 'MESOS_CLUSTER=\0'.length
  const start = (length: number) => {
    const script =
      'import os, sys; os.execve("/bin/true", ["true"], {"MESOS_CLUSTER": "x" * int(sys.argv[1])})'
    return runProgram('python3', ['-c', script, String(length)])
  }
  for (const [length, fits] of [
    [most, true],
    [most + 1, false],
  ] as const) {
    t.is(start(length).code === 0, fits)
    t.is(accepts({ mesos_cluster: 'x'.repeat(length) }), fits)
  }
  t.regex(start(most + 1).output, /Argument list too long/)
})

unless(consulMissing(), anyTest as TestFn)('Consul takes names and times at the edges of their rules', t => {
  const label = 'a'.repeat(63)
  for (const [vars, isValid] of [
    [{ consul_dns_ttl: '0s' }, true],
    [{ consul_dns_ttl: '596523h' }, true],
    // 64 bits of nanoseconds overflow at 2562047h.
    [{ consul_dns_ttl: '2562048h' }, false],
    [{ consul_datacenter: `a${'-'.repeat(30)}b` }, true],
    [{ consul_domain: `${label}.${label}`, mesos_zk_dns: `zookeeper.service.${label}.${label}` }, true],
  ] as const) {
    t.is(accepts(vars), isValid, JSON.stringify(vars))
    const cluster = clusterOf(sampleInventory(1), { vars })
    const [leader] = renderCluster(templates, cluster)
    const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-consul-'))
    writeFileSync(join(folder, 'image.json'), '{"data_dir":"/var/lib/consul","bind_addr":"127.0.0.1"}')
    const document = readDocument(leader?.text ?? '')
    for (const { path } of document.write_files)
      if (path.startsWith('/etc/consul.d/'))
        writeFileSync(join(folder, basename(path)), fileIn(document, path))
    const { code, output } = runProgram(consul, ['validate', folder])
    t.is(code === 0, isValid, output)
  }
})
