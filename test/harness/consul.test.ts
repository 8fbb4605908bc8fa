import anyTest, { type TestFn } from 'ava'
import { pinnedVersion } from './cache.ts'
import { consul, consulMissing } from './consul.ts'
import { runProgram, unless } from './programs.ts'

const test = unless(consulMissing(), anyTest as TestFn)

test('Consul has the pinned version', t => {
  const { code, output } = runProgram(consul, ['version'])
  t.is(code, 0)
  t.is(output.split('\n')[0], `Consul v${pinnedVersion('consul')}`)
})
