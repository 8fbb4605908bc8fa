import type { Finding } from '../rules/rule.ts'
import { type Check, entriesOf, isMapping } from './config.ts'

/**
 * Modes that cloud-init does not take as they are meant. It reads text as octal, takes a number for the mode itself (600 is
 * mode 01130), and replaces what it cannot read by 0644 (cc_write_files.py, decode_perms).
 */
export const checkPermissions: Check = (config, path) =>
  entriesOf(config.write_files).flatMap((file, index): readonly Finding[] => {
    if (!isMapping(file)) return []
    const { permissions } = file
    if (permissions === undefined || permissions === null) return []
    if (typeof permissions === 'string' && /^\s*(0o)?[0-7]{1,5}\s*$/.test(permissions)) return []
    const place = path.below('write_files', index, 'permissions')
    const help = /^[0-7]{3,4}$/.test(String(permissions))
      ? `quote it: "0${Number(permissions)}"`
      : 'use "0644"'
    return [{ path: place, message: 'must be text of octal digits', help }]
  })
