import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { $ } from 'zx'

/** The result of a Python expression with the program as `drain`. */
async function value(expression: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-drain-'))
  mkdirSync(join(folder, 'etc'))
  writeFileSync(join(folder, 'etc', 'mesos-master.env'), 'MESOS_PORT=5050\n')
  const statement = `print(drain.json.dumps(${expression}))`
  const { stdout } = await $({ quiet: true })`python3 test/harness/drain_program.py ${folder} ${statement}`
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

const HERE = '"10.0.0.7"'
const decisions: readonly (readonly [fact: string, agents: string, elapsed: number, action: string])[] = [
  ['an agent that runs tasks is drained', '{"10.0.0.7": {"a": None}}', 0, 'drain'],
  ['a second agent at the address is drained, too', '{"10.0.0.7": {"a": "DRAINED", "b": None}}', 0, 'drain'],
  ['a draining agent is waited for', '{"10.0.0.7": {"a": "DRAINING"}}', 10, 'wait'],
  ['a drained agent completes the hook', '{"10.0.0.7": {"a": "DRAINED"}}', 10, 'complete'],
  ['an unknown agent completes the hook', '{"10.0.0.8": {"a": None}}', 10, 'complete'],
  ['an instance without an address completes the hook', '{}', 0, 'complete'],
  ['an agent that has not reregistered is waited for', '{"10.0.0.7": {"a": "RECOVERED"}}', 10, 'wait'],
  ['a master that does not answer is waited for', 'None', 899, 'wait'],
  [
    'the time limit completes the hook although tasks run',
    '{"10.0.0.7": {"a": "DRAINING"}}',
    900,
    'complete',
  ],
  ['the time limit completes the hook although no master answers', 'None', 900, 'complete'],
]

for (const [fact, agents, elapsed, action] of decisions) {
  test(fact, async t => {
    const address = fact.includes('without an address') ? 'None' : HERE
    t.is(await value(`drain.decide(${agents}, ${address}, ${elapsed}, 900)[0]`), action)
  })
}

test('only agents that are not drained yet are drained', async t => {
  const agents = '{"10.0.0.7": {"a": "DRAINING", "b": None, "c": "DRAINED"}}'
  t.deepEqual(await value(`drain.decide(${agents}, ${HERE}, 0, 900)`), ['drain', ['b']])
})

test('the settings are those in the hook; without them, the defaults apply', async t => {
  t.deepEqual(await value(`drain.hook_settings('{"grace":5,"timeout":60}', "60")`), {
    heartbeat: 60,
    grace: 5,
    timeout: 60,
  })
  const defaults = { heartbeat: 3600, grace: 30, timeout: 900 }
  for (const metadata of ['None', '"grace: 5"', `'{"grace": "x"}'`, `'[]'`]) {
    t.deepEqual(await value(`drain.hook_settings(${metadata}, None)`), defaults, metadata)
  }
})
