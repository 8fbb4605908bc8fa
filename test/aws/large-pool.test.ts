import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { inventoryText, startTrial } from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

test('a pool of 1,000 requires as many calls as a pool of 1', async t => {
  const { proxy } = t.context
  const calls = async (name: string, size: number) => {
    const before = proxy.calls.length
    const text = inventoryText(t.context, name).replace('min: 1', `min: ${size}`)
    const { code, stderr } = await startTrial(t.context, name, text).run('launch', ['--yes'])
    t.is(code, 0, stderr)
    return proxy.calls.length - before
  }
  t.is(await calls('big', 1000), await calls('small', 1))
})
