import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { $ } from 'zx'
import { cached, pinnedVersion } from '../harness/cache.ts'
import { consul } from '../harness/consul.ts'
import { makeDeb, makeTar, makeZip } from './archives.ts'

/** An entry of `image.artifacts` in an inventory. */
export interface DoubleArtifact {
  readonly name: 'consul' | 'mesos' | 'marathon'
  readonly url: string
  readonly kind: 'deb' | 'tar' | 'zip'
  readonly sha256: string
}

export interface DoubleOptions {
  /** The directory for the packages. Default: ~/.cache/mesos-bakery. */
  readonly folder?: string
  /** The version of the Mesos package. */
  readonly version?: string
  /** Whether the package also contains mesos-slave, which CMake builds do not. */
  readonly slaveLink?: boolean
  /** Whether libmesos has Java bindings, which Marathon requires; the builds by clusterd have none. */
  readonly java?: boolean
}

/** The options that determine the content of the packages. */
type Packed = Omit<DoubleOptions, 'folder'>

const here = fileURLToPath(new URL('.', import.meta.url))
const flags = (daemon: string) =>
  fileURLToPath(new URL(`../../scripts/inventory/${daemon}-flags.json`, import.meta.url))
const MESOS_VERSION = '1.11.0'
const MARATHON_VERSION = '1.11.24'

/**
 * The artifacts for the images of tests: the stand-ins as packages, and the real Consul. They are built once and stored
 * in ~/.cache/mesos-bakery. The same sources give the same bytes.
 */
export async function doubleArtifacts({
  folder = cached(),
  ...options
}: DoubleOptions = {}): Promise<readonly DoubleArtifact[]> {
  const version = options.version ?? MESOS_VERSION
  const place = join(folder, `doubles-${fingerprint(options)}`)
  if (!existsSync(place)) await make(place, { version, slaveLink: false, java: true, ...options })
  const zip = await consulZip(folder)
  return Promise.all([
    artifact('consul', 'zip', zip),
    artifact('mesos', 'deb', join(place, `mesos_${version}.deb`)),
    artifact('marathon', 'tar', join(place, 'marathon.tgz')),
  ])
}

/** The same artifacts with the versions for the labels of an image. */
export async function artifactsWithVersions(
  options: DoubleOptions = {},
): Promise<readonly (DoubleArtifact & { readonly version: string })[]> {
  const versions = {
    consul: pinnedVersion('consul'),
    mesos: options.version ?? MESOS_VERSION,
    marathon: MARATHON_VERSION,
  }
  return (await doubleArtifacts(options)).map(each => ({ ...each, version: versions[each.name] }))
}

async function artifact(
  name: DoubleArtifact['name'],
  kind: DoubleArtifact['kind'],
  file: string,
): Promise<DoubleArtifact> {
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
  return { name, url: `file://${file}`, kind, sha256 }
}

/** A name that identifies the content of the packages. */
function fingerprint(options: Packed): string {
  const hash = createHash('sha256').update(JSON.stringify(options))
  for (const file of sources()) hash.update(file).update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}

function sources(): readonly string[] {
  const names = (folder: string) => readdirSync(join(here, folder)).map(name => join(here, folder, name))
  const modules = names('mesos_double').filter(name => /\.py$/.test(name))
  const others = ['packages.ts', 'archives.ts', 'libmesos.c'].map(name => join(here, name))
  return [...modules, ...names('bin'), ...others, flags('mesos'), flags('marathon')].sort()
}

/** Builds the packages in a temporary directory first, because another test may be building the same ones. */
async function make(place: string, options: Required<Packed>): Promise<void> {
  await mkdir(dirname(place), { recursive: true })
  const draft = await mkdtemp(`${place}.`)
  try {
    await mesosDeb(join(draft, `mesos_${options.version}.deb`), options)
    await marathonTar(join(draft, 'marathon.tgz'))
    await moveInto(place, draft)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function moveInto(place: string, draft: string): Promise<void> {
  await rename(draft, place).catch(error => {
    if (!existsSync(place)) throw error
  })
}

async function mesosDeb(file: string, { version, slaveLink, java }: Required<Packed>): Promise<void> {
  const root = await mkdtemp(`${file}.`)
  await writeFile(await within(root, 'DEBIAN/control'), await control(version))
  await copyModules(join(root, 'usr/share/mesos-double'))
  await mkdir(join(root, 'usr/sbin'), { recursive: true })
  for (const name of ['mesos-master', 'mesos-agent']) {
    await cp(join(here, 'bin', name), join(root, 'usr/sbin', name))
  }
  if (slaveLink) await symlink('mesos-agent', join(root, 'usr/sbin/mesos-slave'))
  await library(await within(root, 'usr/lib/libmesos.so'), java)
  await eagerService(root)
  await makeDeb(root, file)
  await rm(root, { recursive: true })
}

/** Packages of vendors start their services during installation: a single master outside of any cluster. */
async function eagerService(root: string): Promise<void> {
  const start = '/usr/sbin/mesos-master --work_dir=/var/lib/mesos --registry=in_memory'
  await writeFile(
    await within(root, 'usr/lib/systemd/system/mesos-master.service'),
    `[Service]\nExecStart=${start}\n\n[Install]\nWantedBy=multi-user.target\n`,
  )
  const script = '[ ! -d /run/systemd/system ] || systemctl enable --now mesos-master.service || true\n'
  await writeFile(join(root, 'DEBIAN/postinst'), `#!/bin/sh\n${script}`, { mode: 0o755 })
}

async function marathonTar(file: string): Promise<void> {
  const root = await mkdtemp(`${file}.`)
  const folder = join(root, `marathon-${MARATHON_VERSION}`)
  await copyModules(join(folder, 'lib'))
  await mkdir(join(folder, 'bin'), { recursive: true })
  await cp(join(here, 'bin/marathon'), join(folder, 'bin/marathon'))
  await makeTar(root, file)
  await rm(root, { recursive: true })
}

async function copyModules(folder: string): Promise<void> {
  const filter = (source: string) => !source.includes('__pycache__')
  await cp(join(here, 'mesos_double'), join(folder, 'mesos_double'), { recursive: true, filter })
  for (const daemon of ['mesos', 'marathon']) await cp(flags(daemon), join(folder, `${daemon}-flags.json`))
}

/** A real library if a C compiler is available. Otherwise the package has none, and Marathon exits with 109. */
async function library(file: string, java: boolean): Promise<void> {
  const options = ['-shared', '-fPIC', '-nostdlib', '-s', '-Wl,--build-id=none', '-Wl,-soname,libmesos.so']
  if (java) options.push('-DJAVA')
  const made = await $({ quiet: true, nothrow: true })`cc ${options} -o ${file} ${join(here, 'libmesos.c')}`
  if (made.exitCode !== 0) process.stderr.write(`the Mesos double has no libmesos.so: ${made.stderr}\n`)
}

async function control(version: string): Promise<string> {
  const { stdout } = await $({ quiet: true })`dpkg --print-architecture`
  return `Package: mesos
Version: ${version}
Architecture: ${stdout.trim()}
Maintainer: The tests of mesos-bakery <nobody@localhost>
Depends: python3
Section: misc
Priority: optional
Description: stand-ins for mesos-master and mesos-agent
 They elect, register and answer as Apache Mesos 1.11.0 does, and run no task. Made for tests.
`
}

/** The real Consul that .ci/setup built, packaged as in the official release. */
async function consulZip(folder: string): Promise<string> {
  const file = join(folder, `consul-${pinnedVersion('consul')}.zip`)
  if (existsSync(file)) return file
  const draft = await mkdtemp(`${file}.`)
  await makeZip(consul, 'consul', join(draft, 'consul.zip'))
  await rename(join(draft, 'consul.zip'), file)
  await rm(draft, { recursive: true })
  return file
}

async function within(root: string, path: string): Promise<string> {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  return file
}
