import { hostname, userInfo } from 'node:os'

/** This process, as other users see it: `ann@laptop:4711`. */
export function thisHolder(): string {
  return `${userName()}@${hostname()}:${process.pid}`
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // The user of a container may have no entry in the user database.
    return String(process.getuid?.() ?? 'unknown')
  }
}

/** Whether a holder was a process of this machine that has ended. */
export function isGone(holder: string): boolean {
  const [, host, pid] = /@(.*):(\d+)$/.exec(holder) ?? []
  if (host !== hostname() || pid === undefined) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
