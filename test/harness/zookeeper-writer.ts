import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/**
 * Writes to ZooKeeper without pause until `end`, which counts the acknowledged writes and those that are lost.
 *
 * @param inNetworkOf the ID of a process whose network is used, for example that of a container
 */
export function startWriter(addresses: string, inNetworkOf?: string) {
  const env = { ...process.env, PYTHONPATH: 'test/doubles' }
  const writer = ['python3', 'test/harness/writer.py', addresses]
  const enter = inNetworkOf === undefined ? ['env'] : ['nsenter', `--net=/proc/${inNetworkOf}/ns/net`]
  const [program = '', ...args] = [...enter, ...writer]
  const child = spawn(program, args, {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = text(child.stdout)
  return {
    /** Until the first write is acknowledged. */
    started: once(child.stdout, 'data'),
    async end() {
      child.kill('SIGTERM')
      await once(child, 'exit')
      const said = await output
      const times = [...said.matchAll(/^([\d.]+) \d+$/gm)].map(([, time]) => Number(time))
      return {
        /** The longest time without an acknowledged write, in seconds. */
        gap: Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time))),
        acknowledged: said.split('\n').length - 2,
        lost: Number(/^lost (\d+)$/m.exec(said)?.[1] ?? Number.NaN),
      }
    },
  }
}
