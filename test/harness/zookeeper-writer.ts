import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** Writes to ZooKeeper without pause until `end`, which counts the acknowledged writes and those that are lost. */
export function startWriter(addresses: string) {
  const env = { ...process.env, PYTHONPATH: 'test/doubles' }
  const child = spawn('python3', ['test/harness/writer.py', addresses], {
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
