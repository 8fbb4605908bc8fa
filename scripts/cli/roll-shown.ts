import { setTimeout as sleep } from 'node:timers/promises'
import { Path } from '../inventory/problem-path.ts'
import { Refused, sayProblem } from '../inventory/problems.ts'
import { isGone, thisHolder } from '../programs/holder.ts'
import type { Scope } from '../roll/candidates.ts'
import { drive, type RollEvent } from '../roll/drive.ts'
import { beat, type Held, isLeftBehind, type RollLock, sayHeld, silence } from '../roll/held.ts'
import { sayStep } from '../roll/roll-step.ts'
import { sayStopped } from '../show/say-roll.ts'
import type { Locked } from '../targets/target.ts'
import { onInterrupt } from './interrupt.ts'
import { Stopped, say } from './main.ts'

/**
 * Refuses a rolling update, or a change of a cluster that is being rolled.
 *
 * @returns a lock that was left behind by a process that was killed; undefined if there is none
 * @throws Refused if another process is rolling the cluster
 */
export function refuseWhileRolled(held: Held | undefined): Held | undefined {
  if (held === undefined || isLeftBehind(held, Date.now(), isGone)) return held
  throw new Refused([
    {
      path: Path.root,
      message: `the cluster is being rolled by ${sayHeld(held)}`,
      help: `wait until it has ended; if that process was killed, run npm run roll ${silence / 60_000} min after its last sign of life`,
    },
  ])
}

/**
 * Carries out a rolling update and shows its progress, while no other process can roll the same cluster.
 *
 * @param timeout how long a node may take to come up, in milliseconds
 * @throws Stopped with the reason if a node does not come up
 */
export async function rollShown(roll: Locked, scope: Omit<Scope, 'atStart'>, timeout: number): Promise<void> {
  const held = await takeLock(roll.lock)
  let progress = ''
  const renew = () => roll.lock.renew(held, new Date().toISOString(), progress)
  // If a sign of life is lost, the next one follows soon.
  const beating = setInterval(() => void renew().catch(() => undefined), beat)
  const release = onInterrupt(
    () => '\ninterrupted: a step in progress may still take effect. Run the same command again to resume.',
  )
  const tell = teller()
  try {
    const end = await drive(roll, scope, {
      clock: { now: Date.now, sleep: async ms => void (await sleep(ms)) },
      timeout,
      tell,
      async check(step) {
        progress = sayStep(step)
        const now = await roll.lock.read()
        if (now?.id !== held.id) throw new Stopped(sayTakenOver(now))
        await renew()
      },
    })
    if (end.end === 'stopped') throw new Stopped(sayStopped(end))
  } catch (error) {
    const problems = roll.explain(error)
    throw problems === undefined ? error : new Stopped(problems.map(sayProblem).join('\n'))
  } finally {
    release()
    clearInterval(beating)
    await roll.lock.remove(held)
  }
}

function sayTakenOver(now: Held | undefined): string {
  const by = now === undefined ? 'another process' : sayHeld(now)
  return `stopped: this rolling update was taken over by ${by}`
}

async function takeLock(lock: RollLock): Promise<Held> {
  const left = refuseWhileRolled(await lock.read())
  if (left !== undefined) {
    say(`resuming the rolling update of ${sayHeld(left)}, which has ended without finishing`)
    await lock.remove(left)
  }
  const held = await lock.take(thisHolder(), new Date().toISOString())
  if (held !== undefined) return held
  refuseWhileRolled(await lock.read())
  throw new Stopped('another process has just started to roll the cluster; check npm run status')
}

/** Prints a line when a step starts and ends, and when the reason to wait changes. */
function teller(): (event: RollEvent) => void {
  let began = Date.now()
  let waiting = ''
  return event => {
    if (event.at === 'waiting') {
      const { gate, node, why } = event.by
      const line = `${gate}: ${[node, why].filter(part => part !== '').join(' ')}`
      if (line !== waiting) say(`    waiting for ${line}`)
      waiting = line
      return
    }
    waiting = ''
    if (event.at === 'started') {
      began = Date.now()
      say(`  ${sayStep(event.step)}`)
    } else say(`    done in ${Math.round((Date.now() - began) / 1_000)} s`)
  }
}
