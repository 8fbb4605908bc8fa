import { spawn } from 'node:child_process'
import { once } from 'node:events'
import test from 'ava'
import { onTerminal } from '../harness/terminal.ts'

/** Runs a command with the given code. */
const args = (code: string) => [
  '--import=tsx',
  '--input-type=module',
  '--eval',
  `import { askToGoOn } from './scripts/cli/ask.ts'
   import { takeInterrupt } from './scripts/cli/interrupt.ts'
   import { main } from './scripts/cli/main.ts'
   await main({ name: 'x', summary: 'x', options: {}, examples: [], run: async () => { ${code} } })`,
]
const asking = args(`await askToGoOn('Go on?', false); console.log('went on')`)

test('only yes continues; Ctrl-C at a prompt exits with 130, as everywhere', async t => {
  const command = ['node', ...asking].map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const answer = (typed: string) => onTerminal(command, typed, { env: { ...process.env, NO_COLOR: '1' } })
  for (const [typed, code, said] of [
    ['y\n', 0, /went on/],
    ['n\n', 1, /error: not confirmed; nothing was changed/],
    ['\u0003', 130, /\nerror: interrupted; nothing was changed/],
  ] as const) {
    const seen = await answer(typed)
    t.is(seen.code, code, seen.screen)
    t.regex(seen.screen, said)
  }
})

test('without a terminal, a prompt fails and names the option to use instead', async t => {
  const child = spawn('node', asking, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stderr, code] = await endOf(child)
  t.is(code, 2)
  t.regex(stderr, /^error: not running in a terminal; pass --yes to confirm\n/)
})

test('the first Ctrl-C lets a command clean up and shows how to quit immediately; the second quits', async t => {
  const waiting = `takeInterrupt('x'); setInterval(() => {}, 1_000); process.stderr.write('ready')`
  const child = spawn('node', args(waiting))
  let seen = ''
  for await (const data of child.stderr) {
    if (seen === '' || /immediately\n$/.test(seen + data)) child.kill('SIGINT')
    seen += data
  }
  t.is(seen, 'ready\ninterrupted: cleaning up; press Ctrl-C again to quit immediately\n')
  t.is(child.exitCode ?? (await once(child, 'exit'))[0], 130)
})

async function endOf(child: ReturnType<typeof spawn>): Promise<readonly [stderr: string, code: number]> {
  let stderr = ''
  child.stderr?.on('data', data => {
    stderr += data
  })
  const [code] = await once(child, 'close')
  return [stderr, code]
}
