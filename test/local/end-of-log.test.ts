import test from 'ava'
import { endOfLog, plainLines } from '../../scripts/targets/containers/engine/reports.ts'

test('the error of a daemon is shown, not the list of flags that follows it', t => {
  const usage = Array.from({ length: 300 }, (_, index) => `  --flag_${index}=VALUE      what it does`)
  const log = [
    'Started Mesos.',
    "Failed to load flag 'weights': …",
    '',
    'Usage: mesos-master [options]',
    '',
    ...usage,
  ]
  t.is(
    endOfLog([...log, 'mesos-master.service: Failed.', ''].join('\n')),
    "Started Mesos.\nFailed to load flag 'weights': …\nmesos-master.service: Failed.",
  )
})

test('at most eight lines of a log are shown', t => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`)
  t.is(endOfLog(lines.join('\n')), lines.slice(-8).join('\n'))
})

test('the console of a container that has stopped is shown without reports and colors', t => {
  const screen =
    '[\x1b[0;1;31mFAILED\x1b[0m] Failed to start Mesos.\r\n\r\nmesos-bakery 1-0 2 3 same 4 1\r\nlast\r\n'
  t.is(endOfLog(plainLines(screen)), '[FAILED] Failed to start Mesos.\nlast')
})
