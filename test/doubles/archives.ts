import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'

/** The time of every file in a package, in seconds, so that the bytes are reproducible. */
const TIME = 1_606_176_000

const shell = $({
  quiet: true,
  env: { ...process.env, SOURCE_DATE_EPOCH: String(TIME), LC_ALL: 'C', TZ: 'UTC' },
})

/** Creates a Debian package from a directory that is laid out as on the machine and contains DEBIAN/control. */
export async function makeDeb(folder: string, file: string): Promise<void> {
  await settle(folder)
  await shell`dpkg-deb --root-owner-group -Zgzip --build ${folder} ${file}`
}

/** Creates a compressed tar archive of the content of a directory. */
export async function makeTar(folder: string, file: string): Promise<void> {
  await settle(folder)
  const owner = ['--owner=0', '--group=0', '--numeric-owner']
  const order = ['--sort=name', `--mtime=@${TIME}`, '--format=ustar']
  await shell`tar --create ${order} ${owner} --directory ${folder} . | gzip --no-name > ${file}`
}

/** Creates a zip archive with a single program. Python's zip module is available on every Debian with cloud-init. */
export async function makeZip(program: string, name: string, file: string): Promise<void> {
  const script = `
import sys, zipfile
program, name, file = sys.argv[1:]
entry = zipfile.ZipInfo(name)
entry.external_attr, entry.compress_type = 0o100755 << 16, zipfile.ZIP_DEFLATED
with zipfile.ZipFile(file, 'w', compresslevel=1) as archive, open(program, 'rb') as source:
    archive.writestr(entry, source.read(), compresslevel=1)
`
  await shell`python3 -c ${script} ${program} ${name} ${file}`
}

/** Removes machine-specific differences from a directory: times, and modes that depend on the umask. */
async function settle(folder: string): Promise<void> {
  await shell`chmod -R u=rwX,go=rX ${folder}`
  const names = (await shell`find ${folder} -depth -not -type l`).stdout.trim().split('\n')
  for (const name of names) await utimes(join(name), TIME, TIME)
}
