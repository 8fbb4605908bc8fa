import { accountsIn } from './accounts.ts'
import { type Check, entriesOf } from './config.ts'

/** Lines of `ssh_authorized_keys` that sshd ignores, so that nobody can log in with them (sshd(8), authorized_keys). */
export const checkAuthorizedKeys: Check = (config, path) =>
  [
    { keys: config.ssh_authorized_keys, place: path.below('ssh_authorized_keys') },
    ...accountsIn(config).map(({ place, settings }) => ({
      keys: settings.ssh_authorized_keys,
      place: (place === '' ? path.below('users') : path.below('users', place)).below('ssh_authorized_keys'),
    })),
  ].flatMap(({ keys, place }) =>
    entriesOf(keys).flatMap((key, index) =>
      typeof key !== 'string' || key.split('\n').every(isKeyLine)
        ? []
        : [{ path: place.below(index), message: 'is not a public key of SSH', help }],
    ),
  )

const help = 'use the line of a file such as ~/.ssh/id_ed25519.pub'

/** A type and a key, after options if there are any; an empty line; or a comment. */
const isKeyLine = (line: string) =>
  /^\s*(#.*)?$/.test(line) ||
  /(^|\s)(ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-[\w-]+@openssh\.com|[\w-]+-cert-v01@openssh\.com)\s+AAAA[\w+/]/.test(
    line,
  )
