import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { mustSkip } from './cloud.ts'
import { pythonOfMoto, startMoto } from './moto.ts'
import { runProgram } from './programs.ts'

const withMoto = mustSkip() ? test.skip : test
const module = fileURLToPath(new URL('moto.ts', import.meta.url))

withMoto('moto responds after it is started, and no longer after it is stopped', async t => {
  const moto = await startMoto()
  t.is((await fetch(`${moto.url}/moto-api/`)).status, 200)
  await moto.stop()
  await t.throwsAsync(fetch(moto.url))
  await t.notThrowsAsync(moto.stop())
})

withMoto('moto exits with the process that started it, even if that is killed', async t => {
  const script = `import { startMoto } from ${JSON.stringify(module)}
    console.log((await startMoto()).url); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script])
  const [line] = await once(child.stdout, 'data')
  const url = String(line).trim()
  t.is((await fetch(`${url}/moto-api/`)).status, 200)
  child.kill('SIGKILL')
  t.true(await isGone(url))
})

// Makes a slow call four times in parallel, to count how many are in progress at the same time.
const crowd = `
import sys, threading, time
sys.path.insert(0, 'test/harness')
import moto_mends
from moto.core.responses import BaseResponse

under_way = most = 0

class Slow(BaseResponse):
    def __init__(self): pass
    def setup_class(self, *given): pass
    def call_action(self):
        global under_way, most
        under_way += 1
        most = max(most, under_way)
        time.sleep(0.1)
        under_way -= 1

calls = [threading.Thread(target=Slow()._dispatch, args=(None,)) for _ in range(4)]
for call in calls: call.start()
for call in calls: call.join()
print(most)
`

withMoto('concurrent calls are processed one after the other', t => {
  t.deepEqual(runProgram(pythonOfMoto(), ['-'], crowd), { code: 0, output: '1\n' })
})

test('a missing moto is reported with how to install it', async t => {
  const script = `import { motoMissing, startMoto } from ${JSON.stringify(module)}
    console.log(motoMissing()); await startMoto().catch(error => console.log(error.message))`
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script], {
    env: { ...process.env, XDG_CACHE_HOME: '/nowhere' },
  })
  const [first = '', second = ''] = String(await text(child.stdout))
    .trim()
    .split('\n')
  t.regex(first, /not installed in \/nowhere\/mesos-bakery\/moto-.*; run \.ci\/setup$/)
  t.is(first, second)
})

async function isGone(url: string): Promise<boolean> {
  for (let tries = 0; tries < 50; tries++) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    )
    if (!answered) return true
    await sleep(100)
  }
  return false
}

async function text(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
