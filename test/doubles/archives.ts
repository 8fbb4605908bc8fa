import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'

/** The time of everything in a package, in seconds, so that its bytes are the same from run to run. */
const TIME = 1_606_176_000

const shell = $({
  quiet: true,
  env: { ...process.env, SOURCE_DATE_EPOCH: String(TIME), LC_ALL: 'C', TZ: 'UTC' },
})

/** Makes a Debian package of a folder that is laid out as on the machine, with DEBIAN/control in it. */
export async function makeDeb(folder: string, file: string): Promise<void> {
  await settle(folder)
  await shell`dpkg-deb --root-owner-group -Zgzip --build ${folder} ${file}`
}

/** Makes a compressed tar of what is in a folder. */
export async function makeTar(folder: string, file: string): Promise<void> {
  await settle(folder)
  const owner = ['--owner=0', '--group=0', '--numeric-owner']
  const order = ['--sort=name', `--mtime=@${TIME}`, '--format=ustar']
  await shell`tar --create ${order} ${owner} --directory ${folder} . | gzip --no-name > ${file}`
}

/** Makes a zip that holds one program. Python's is the one zip writer that every Debian with cloud-init has. */
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

/** Takes what differs from machine to machine, times and the umask, out of a folder. */
async function settle(folder: string): Promise<void> {
  await shell`chmod -R u=rwX,go=rX ${folder}`
  const names = (await shell`find ${folder} -depth -not -type l`).stdout.trim().split('\n')
  for (const name of names) await utimes(join(name), TIME, TIME)
}
