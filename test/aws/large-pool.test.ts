import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { inventoryText, startTrial } from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

test('a pool of 300 requires as many calls as a pool of 1', async t => {
  const { proxy } = t.context
  const calls = async (name: string, size: number) => {
    const before = proxy.calls.length
    const text = inventoryText(t.context, name).replace('min: 1', `min: ${size}`)
    const { code, stderr } = await startTrial(t.context, name, text).run('launch', ['--yes'])
    t.is(code, 0, stderr)
    const all = proxy.calls.slice(before)
    const consoles = all.filter(({ action }) => action === 'GetConsoleOutput').length
    return { consoles, others: all.length - consoles }
  }
  const big = await calls('big', 300)
  t.is(big.others, (await calls('small', 1)).others)
  // The elected master counts the followers, so that only the consoles of leaders are read.
  t.is(big.consoles, 3)
})
