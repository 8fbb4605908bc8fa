let used = 0

/**
 * An address of this machine that no other test uses: all of 127.0.0.0/8 is loopback on Linux, so each process
 * has a network of its own, and daemons can keep their ports.
 */
export function freshAddress(): string {
  used += 1
  return `127.${1 + (process.pid % 250)}.${Math.floor(process.pid / 250) % 256}.${used}`
}
