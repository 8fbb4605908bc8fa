import test from 'ava'
import { settingsNamedIn } from '../../scripts/cluster/causes.ts'
import { draftOf } from '../../scripts/cluster/draft.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'

const inventory = `cluster: c
vars:
  mesos_follower_options: { launcher_dir: /opt/mesos, gc_delay: 2days }
  mesos_isolation: [posix/cpu, com_example_isolator]
groups:
  boss: { vars: { mesos_mode: leader, mesos_leader_options: { zk_session_timeout: 20secs } } }
  web: { min: 1, vars: { mesos_follower_port: 6051 } }
`
const draft = draftOf(parseInventory(inventory, 'c.yaml').value, { vars: {} })
const named = (unit: string, lines: string) => settingsNamedIn(draft, `${unit}.service`, lines).map(String)

test('a setting is found by the flag or the value that a log names', t => {
  t.deepEqual(named('mesos-agent', 'Failed to load unknown flag "launcher_dir"'), [
    'vars.mesos_follower_options.launcher_dir',
  ])
  t.deepEqual(named('mesos-agent', 'EXIT: --gc_delay=2days is too long\nother'), [
    'vars.mesos_follower_options.gc_delay',
  ])
  t.deepEqual(named('mesos-agent', "Unknown or unsupported isolator 'com_example_isolator'."), [
    'vars.mesos_isolation.1',
  ])
  t.deepEqual(named('mesos-agent', 'Failed to bind on 0.0.0.0:6051: port 6051 is in use'), [
    'groups.web.vars.mesos_follower_port',
  ])
  t.deepEqual(named('mesos-master', 'Failed to parse zk_session_timeout'), [
    'groups.boss.vars.mesos_leader_options.zk_session_timeout',
  ])
})

test('the settings of other daemons and built-in defaults are not named', t => {
  t.deepEqual(named('mesos-master', 'launcher_dir gc_delay 6051'), [])
  t.deepEqual(named('mesos-agent', 'work_dir log_dir posix'), [])
  t.deepEqual(named('sshd', 'launcher_dir'), [])
})
