import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { runSteps } from '../../scripts/plan/run.ts'

const step = (id: string, ...needs: string[]) => ({ id, needs })

test('steps run in parallel unless one needs the other', async t => {
  const log: string[] = []
  const act = async ({ id }: { id: string }) => {
    log.push(`+${id}`)
    await sleep(20)
    log.push(`-${id}`)
    return id
  }
  const outcomes = await runSteps([step('a'), step('b'), step('c', 'a', 'b')], act, () => {})
  t.deepEqual(log, ['+a', '+b', '-a', '-b', '+c', '-c'])
  t.deepEqual(
    outcomes.map(({ end }) => end),
    ['done', 'done', 'done'],
  )
})

test('a step receives the results of the steps that it needs', async t => {
  const seen: unknown[] = []
  await runSteps(
    [step('a'), step('b', 'a')],
    async ({ id }, made) => {
      seen.push(made.get('a'))
      return `made ${id}`
    },
    () => {},
  )
  t.deepEqual(seen, [undefined, 'made a'])
})

test('after a failure no step is started, and running steps are completed', async t => {
  const told: string[] = []
  const outcomes = await runSteps(
    [step('bad'), step('slow'), step('later', 'slow')],
    async ({ id }) => {
      if (id === 'bad') throw new Error('no')
      await sleep(30)
      return id
    },
    event =>
      told.push(
        event.at === 'started' ? `+${event.step.id}` : `${event.outcome.end} ${event.outcome.step.id}`,
      ),
  )
  t.deepEqual(
    outcomes.map(({ end }) => end),
    ['failed', 'done', 'not started'],
  )
  t.deepEqual(told, ['+bad', '+slow', 'failed bad', 'done slow', 'not started later'])
})

test('steps that must be recorded are carried out after a failure of another step', async t => {
  const steps = [
    { id: 'bad', needs: [] },
    { id: 'good', needs: [] },
    { id: 'after good', needs: ['good'], afterFailure: true as const },
    { id: 'after bad', needs: ['bad'], afterFailure: true as const },
  ]
  const outcomes = await runSteps(
    steps,
    async ({ id }) => {
      if (id === 'bad') throw new Error('bad')
      return id
    },
    () => {},
  )
  t.deepEqual(
    outcomes.map(({ end }) => end),
    ['failed', 'done', 'done', 'not started'],
  )
})
