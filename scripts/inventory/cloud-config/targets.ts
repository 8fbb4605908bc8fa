import { byteLength } from '../bytes.ts'
import type { Finding } from '../rules/rule.ts'
import { type Check, entriesOf, isMapping, isTrue } from './config.ts'
import { isBelowFile, isDirectory, isImageFile, isSystemFile, realPath } from './paths.ts'

type Trouble = { readonly message: string; readonly help: string } | undefined

/** A finding for each path of `write_files` with a problem. */
function atPaths(trouble: (target: string, appends: boolean) => Trouble): Check {
  return (config, path) =>
    entriesOf(config.write_files).flatMap((file, index): readonly Finding[] => {
      if (!isMapping(file) || typeof file.path !== 'string') return []
      const found = trouble(file.path, isTrue(file.append))
      return found === undefined ? [] : [{ path: path.below('write_files', index, 'path'), ...found }]
    })
}

// Without these files, a daemon finds neither its user nor its group.
const accounts = /^\/etc\/(passwd|group|shadow|gshadow)$/

/**
 * Paths at which cloud-init cannot write a file, or at which a file harms the machine. `write_files` stops at the first
 * failure.
 */
export const checkTargets: Check = atPaths((target, appends) => {
  const real = realPath(target)
  if (!target.startsWith('/')) return { message: 'must be an absolute path', help: 'begin it with /' }
  if (target.includes('\0') || target.split('/').some(name => byteLength(name) > 255)) {
    return { message: 'must be a path that Linux accepts', help: 'use names of at most 255 bytes' }
  }
  if (/\/\.{0,2}$/.test(target) || isDirectory(real)) {
    return { message: 'must name a file: this is a directory', help: 'add the name of the file' }
  }
  if (isBelowFile(real)) return { message: 'is below a file', help: 'choose another path' }
  // cloud-init sets owner and mode of what it writes, which the kernel refuses there.
  if (/^\/(proc|sys)\//.test(real)) {
    return { message: 'must be a file on disk', help: 'use a file in /etc/sysctl.d or /etc/tmpfiles.d' }
  }
  if (/^\/dev\/(?!shm\/)/.test(real)) return { message: 'must not be a device', help: 'choose another path' }
  if (accounts.test(real) && !appends) {
    return { message: 'must not replace the accounts of the daemons', help: 'use users and groups' }
  }
  return undefined
})

/** Files that may be gone before they are read (documentation of cc_write_files.py). */
export const checkTemporary: Check = atPaths(target =>
  /^\/tmp\//.test(realPath(target))
    ? { message: 'may be deleted while the machine boots', help: 'use a directory in /run' }
    : undefined,
)

/** Files that replace programs and units of the image. */
export const checkImageFiles: Check = atPaths((target, appends) => {
  const real = realPath(target)
  if (isSystemFile(real) && !appends)
    return {
      message: 'replaces a file of the operating system',
      help: 'set append: true, or write another file',
    }
  if (!isImageFile(real)) return undefined
  const help = real.startsWith('/etc/systemd/') ? `use a file in ${real}.d/` : 'choose another path'
  return { message: 'replaces a file of the image', help }
})

/** Files that two entries write, of which only the later one would be left, and files below another one. */
export const checkTwins: Check = (config, path) => {
  const seen = new Set<string>()
  const above = (real: string) => [...seen].find(one => real.startsWith(`${one}/`))
  return atPaths((target, appends) => {
    const real = realPath(target)
    const twice = seen.has(real) && !appends
    const file = above(real)
    // A path that ends with a slash is refused already.
    if (!target.endsWith('/')) seen.add(real)
    if (file !== undefined)
      return { message: `is below ${file}, which is a file`, help: 'choose another path' }
    const below = [...seen].find(one => one.startsWith(`${real}/`))
    if (below !== undefined)
      return { message: `is a directory, because of ${below}`, help: 'choose another path' }
    return twice
      ? { message: 'is written twice', help: 'set append: true, or choose another path' }
      : undefined
  })(config, path)
}
