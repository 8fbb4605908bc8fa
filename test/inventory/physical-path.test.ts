import test from 'ava'
import { absolutePath, isWithin, physicalPath } from '../../scripts/inventory/physical-path.ts'

const paths: readonly (readonly [written: string, physical: string])[] = [
  ['/', '/'],
  ['//', '/'],
  ['/..', '/'],
  ['/srv/../..', '/'],
  ['/srv//mesos/./data/', '/srv/mesos/data'],
  ['/srv/mesos/../zookeeper', '/srv/zookeeper'],
  ['/var/run/mesos', '/var/lib/mesos'],
  ['/var/run/mesos/agent', '/var/lib/mesos/agent'],
  ['/run/mesos/', '/var/lib/mesos'],
  ['/run/mesos-agent', '/run/mesos-agent'],
  // The parent of /var/run is that of /run, the target of the link.
  ['/var/run/../x', '/x'],
  ['/var/run/mesos/..', '/var/lib'],
  ['/var/lock/mesos', '/run/lock/mesos'],
  ['/bin', '/usr/bin'],
  ['/lib/mesos', '/usr/lib/mesos'],
  ['/library', '/library'],
]

for (const [written, physical] of paths) {
  test(`${written} is ${physical}`, t => t.is(physicalPath(written), physical))
}

test('the absolute path keeps links, and a link has no influence on the parent of its name', t => {
  t.is(absolutePath('/var/run//./mesos'), '/var/run/mesos')
  t.is(absolutePath('/var/run/../x'), '/var/x')
})

test('a directory contains itself and its subdirectories, but not directories with the same prefix', t => {
  t.true(isWithin('/srv/mesos', '/srv/mesos'))
  t.true(isWithin('/srv/mesos/a', '/srv'))
  t.true(isWithin('/srv', '/'))
  t.false(isWithin('/srv/mesos-2', '/srv/mesos'))
  t.false(isWithin('/srv', '/srv/mesos'))
})
