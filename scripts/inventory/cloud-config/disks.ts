import type { Path } from '../problem-path.ts'
import type { Finding } from '../rules/rule.ts'
import { type Check, type CloudConfig, entriesOf, isFalse, isMapping } from './config.ts'
import { hidesVitalFiles, isOurFile, realPath } from './paths.ts'

/**
 * Disks, file systems and mounts that hide or delete what the machine needs to boot (cc_mounts.py, cc_disk_setup.py).
 */
export const checkDisks: Check = (config, path) => [
  ...checkMounts(config, path),
  ...checkPartitions(config, path),
  ...checkSwap(config, path),
  ...checkGrowth(config, path),
]

const checkMounts: Check = ({ mounts }, path) => {
  const place = path.below('mounts')
  if (mounts === undefined) return []
  const help = 'write each as [device, directory]'
  if (!Array.isArray(mounts)) return [{ path: place, message: 'must be a list of lists', help }]
  return mounts.flatMap((mount, index): readonly Finding[] => {
    if (!Array.isArray(mount) || mount.length === 0) {
      return [{ path: place.below(index), message: 'must be a list', help }]
    }
    const [, directory] = mount
    if (typeof directory !== 'string' || !directory.startsWith('/')) return []
    if (!hidesVitalFiles(realPath(directory))) return []
    const message = 'must not hide files that the node needs'
    return [
      { path: place.below(index, '1'), message, help: 'mount it in /srv, /mnt or the directory of a daemon' },
    ]
  })
}

// The names of the root disk on EC2: in user data, on Nitro and on Xen.
const rootDisk = /^(root|ami|(\/dev\/)?(xvda|sda|vda|nvme0n1))(p?\d+|\.\d+)?$/

const checkPartitions: Check = ({ disk_setup, fs_setup, device_aliases }, path) => {
  const isRoot = (device: unknown) => {
    const name = String(device)
    const alias = isMapping(device_aliases) ? device_aliases[name.replace(/\.\d+$/, '')] : undefined
    return rootDisk.test(name) || rootDisk.test(String(alias))
  }
  const trouble = { message: 'must not be the root disk', help: 'name another disk' }
  const disks = isMapping(disk_setup) ? Object.keys(disk_setup) : []
  return [
    ...disks
      .filter(isRoot)
      .map((disk): Finding => ({ path: path.below('disk_setup', disk), at: 'key', ...trouble })),
    ...entriesOf(fs_setup).flatMap((one, index): readonly Finding[] =>
      isMapping(one) && isRoot(one.device)
        ? [{ path: path.below('fs_setup', index, 'device'), ...trouble }]
        : [],
    ),
  ]
}

function checkSwap({ swap }: CloudConfig, path: Path): readonly Finding[] {
  if (!isMapping(swap) || typeof swap.filename !== 'string' || !isOurFile(realPath(swap.filename))) return []
  return [{ path: path.below('swap', 'filename'), message: 'is a file of the node', help: 'use /swap.img' }]
}

/** An unknown mode, and gpart, which Linux does not have, end the module (cc_growpart.py, resizer_factory). */
function checkGrowth({ growpart }: CloudConfig, path: Path): readonly Finding[] {
  if (!isMapping(growpart)) return []
  const { mode = 'auto' } = growpart
  if (mode === 'auto' || mode === 'growpart' || isFalse(mode)) return []
  return [
    { path: path.below('growpart', 'mode'), message: 'must be auto, growpart or off', help: 'remove it' },
  ]
}
