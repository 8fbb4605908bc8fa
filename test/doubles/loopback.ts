let used = 0

/**
 * An address of this machine that no other test uses. On Linux, all of 127.0.0.0/8 is loopback, so each process has its
 * own addresses, and daemons can use their standard ports.
 */
export function freshAddress(): string {
  used += 1
  return `127.${1 + (process.pid % 250)}.${Math.floor(process.pid / 250) % 256}.${used}`
}
