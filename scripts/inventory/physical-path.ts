/** Symbolic links of our images to directories: those of Debian 12, and the one of packer/rootfs/etc/tmpfiles.d. */
const links: ReadonlyMap<string, string> = new Map([
  ['/bin', '/usr/bin'],
  ['/lib', '/usr/lib'],
  ['/lib32', '/usr/lib32'],
  ['/lib64', '/usr/lib64'],
  ['/libx32', '/usr/libx32'],
  ['/sbin', '/usr/sbin'],
  ['/var/run', '/run'],
  ['/var/lock', '/run/lock'],
  ['/run/mesos', '/var/lib/mesos'],
  ['/opt/marathon', '/opt/mesos-bakery/marathon'],
  ['/opt/marathon-java', '/opt/mesos-bakery/marathon-java'],
])

/**
 * The target of an absolute path on our images, like `realpath`: without `//`, `.` and `..`, and with
 * links followed, so that `/var/run/../x` is `/x`.
 */
export function physicalPath(path: string): string {
  return walk(path, follow)
}

/** A path without `//`, `.` and `..`, as Python's `os.path.abspath` returns it: `/var/run/../x` is `/var/x`. */
export function absolutePath(path: string): string {
  return walk(path, step => step)
}

function walk(path: string, follow: (path: string) => string): string {
  return path.split('/').reduce((parent, name) => {
    if (name === '' || name === '.') return parent
    if (name === '..') return parent.slice(0, parent.lastIndexOf('/')) || '/'
    return follow(parent === '/' ? `/${name}` : `${parent}/${name}`)
  }, '/')
}

function follow(path: string): string {
  const target = links.get(path)
  return target === undefined ? path : follow(target)
}

/** Whether a physical path is a directory or lies in it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || directory === '/' || path.startsWith(`${directory}/`)
}

/** The innermost of some directories that contains a physical path, or is this path. */
export function homeOf(path: string, directories: Pick<ReadonlySet<string>, 'has'>): string | undefined {
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    if (directories.has(at)) return at
  }
  return undefined
}
