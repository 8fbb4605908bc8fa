import anyTest, { type TestFn } from 'ava'
import { awsEnv } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { programOf } from '../harness/commands.ts'
import { inventoryOf, startTrial } from '../harness/launched.ts'
import { onTerminal } from '../harness/terminal.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const commandOf = (command: string, file: string) =>
  `exec node ${programOf(command).join(' ')} --inventory ${file}`
const launch = (cloud: Cloud, file: string, answer: string) =>
  onTerminal(commandOf('launch', file), answer, { env: awsEnv(cloud.proxy.url) })

test('on a terminal a launch asks for confirmation, and only yes changes anything', async t => {
  const trial = startTrial(t.context, 'asked')
  for (const answer of ['n\n', '\n', 'yess\n', '\u0004']) {
    const { code, screen } = await launch(t.context, trial.file, answer)
    t.is(code, 1, screen)
    t.regex(screen, /Apply these changes in us-east-1, account \d{12}\? \[y\/N\]/)
    t.regex(screen, /error:.* not confirmed; nothing was changed/)
  }
  t.is((await inventoryOf(t.context, 'asked')).groups.length, 0)
})

test('after yes, there is a live line for each resource, a table at the end, and status --watch until Ctrl-C', async t => {
  const trial = startTrial(t.context, 'live')
  const { code, screen } = await launch(t.context, trial.file, 'y\n')
  t.is(code, 0, screen)
  t.regex(screen, /› {2}seat 2 live-leader-2 +launching/)
  t.regex(screen, /✓.{0,6} {2}seat 2 live-leader-2 +launched i-[0-9a-f]+/)
  t.regex(screen, /live: 3 of 3 leaders running, quorum 2/)
  t.is((await inventoryOf(t.context, 'live')).leaders.length, 3)
  const prompt = 'every 5 s; press Ctrl-C to end.'
  const watched = await onTerminal(`${commandOf('status', trial.file)} --watch`, '\u0003', {
    env: awsEnv(t.context.proxy.url),
    prompt,
  })
  t.is(watched.code, 0, watched.screen)
  t.regex(watched.screen, /live-leader-2 +running +(follower|leader) +/)
  t.is(watched.screen.split(prompt).length, 2, 'the last view stays once')
  t.notRegex(watched.screen, /interrupted/)
})
