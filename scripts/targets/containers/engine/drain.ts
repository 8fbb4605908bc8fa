import { runProgram } from '../../../programs/run-program.ts'
import { type EngineGround, observeContainers } from './container.ts'

/** The program of the image that drains an agent. It works on any leader. */
const program = '/usr/lib/mesos-bakery/drain'

/**
 * Drains the agent of a follower whose container is about to be removed, with the program that drains on EC2. Returns
 * when the agent is drained or unknown to the master, or when the time limit is over. If a leader stops meanwhile, the
 * next one continues. Followers are not drained if they or all leaders are stopped, or if the image is older.
 */
export async function drainFollower({ engine, cluster, drain }: EngineGround, id: string): Promise<void> {
  const present = (await observeContainers(engine, cluster)).filter(({ state }) => state === 'running')
  const follower = present.find(one => one.id === id)
  const end = Date.now() + drain.timeout * 1_000
  for (const leader of present.filter(({ seat }) => seat !== undefined)) {
    const seconds = (end - Date.now()) / 1_000
    if (follower?.address === undefined || seconds <= 0) return
    const limits = ['--grace', `${drain.grace}`, '--timeout', `${seconds}`]
    const args = ['exec', leader.id, program, follower.address, ...limits]
    const { code } = await runProgram(engine.name, args, { timeout: (seconds + 30) * 1_000 })
    // Exit code 1: tasks still ran when the time was over.
    if (code === 0 || code === 1) return
  }
}
