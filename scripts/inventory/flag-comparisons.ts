import type { Daemon, Values } from './flag-tables.ts'
import { durationOf } from './mesos-values.ts'
import { show } from './problems.ts'
import { itemsOf } from './text-forms.ts'

/** Two flags that must fit together. `fits` is called only if one of them is set. */
interface Comparison {
  /** The problem is shown at the first of them that is set. */
  readonly flags: readonly [string, string]
  readonly fits: (values: Values) => boolean
  readonly message: (values: Values) => string
}

const listed = (value: unknown) => itemsOf(value) ?? []

function capabilitiesOf(value: unknown): readonly unknown[] {
  const list = (value as { capabilities?: unknown } | undefined)?.capabilities
  return Array.isArray(list) ? list : []
}

const table: Readonly<Record<Daemon, readonly Comparison[]>> = {
  master: [
    // src/master/allocator/allocator.cpp.
    {
      flags: ['role_sorter', 'framework_sorter'],
      fits: values =>
        !/^(hierarchical|HierarchicalDRF)$/.test(String(values('allocator'))) ||
        values('role_sorter') === values('framework_sorter'),
      message: values =>
        `role_sorter and framework_sorter must be equal (${values('role_sorter')} and ${values('framework_sorter')})`,
    },
    // Master::initialize: weights are accepted for the roles of --roles only.
    {
      flags: ['weights', 'roles'],
      fits: values => strangers(values).length === 0,
      message: values => `has no role ${strangers(values).map(show).join(', ')} in roles`,
    },
  ],
  agent: [
    // …/isolators/cgroups/subsystems/perf_event.cpp.
    {
      flags: ['perf_duration', 'perf_interval'],
      fits: values =>
        values('perf_events') === undefined ||
        (durationOf(values('perf_duration')) ?? 0) <=
          (durationOf(values('perf_interval')) ?? Number.POSITIVE_INFINITY),
      message: values =>
        `perf_duration must not be longer than perf_interval (${values('perf_duration')} and ${values('perf_interval')})`,
    },
    // …/isolators/network/ports.cpp.
    {
      flags: ['container_ports_isolated_range', 'check_agent_port_range_only'],
      fits: values =>
        values('container_ports_isolated_range') === undefined ||
        values('check_agent_port_range_only') !== true,
      message: () => 'container_ports_isolated_range cannot be combined with check_agent_port_range_only',
    },
    // …/isolators/linux/capabilities.cpp.
    {
      flags: ['effective_capabilities', 'bounding_capabilities'],
      fits: values => values('bounding_capabilities') === undefined || unbounded(values).length === 0,
      message: values =>
        `effective_capabilities has ${unbounded(values).join(', ')}, which bounding_capabilities lacks`,
    },
  ],
  marathon: [
    // GroupManagerImpl.scala takes ports from this range.
    {
      flags: ['local_port_min', 'local_port_max'],
      fits: values => Number(values('local_port_min')) <= Number(values('local_port_max')),
      message: values =>
        `local_port_min must not be greater than local_port_max (${values('local_port_min')} and ${values('local_port_max')})`,
    },
    // MarathonConf.scala, the validation of both.
    {
      flags: ['group_versions_cache_size', 'max_running_deployments'],
      fits: values =>
        Number(values('group_versions_cache_size')) > 2 * Number(values('max_running_deployments')),
      message: values =>
        `group_versions_cache_size must be more than twice max_running_deployments (${values('group_versions_cache_size')} and ${values('max_running_deployments')})`,
    },
  ],
}

function strangers(values: Values): readonly string[] {
  const [roles, weights] = [values('roles'), values('weights')]
  if (roles === undefined || [roles, weights].some(value => /^file:/.test(String(value)))) return []
  return listed(weights)
    .map(pair => pair.replace(/=.*$/, ''))
    .filter(role => role !== '*' && !listed(roles).includes(role))
}

const unbounded = (values: Values) =>
  capabilitiesOf(values('effective_capabilities')).filter(
    one => !capabilitiesOf(values('bounding_capabilities')).includes(one),
  )

/** Pairs of flags whose values contradict each other. */
export function comparisons(
  daemon: Daemon,
  values: Values,
  isGiven: (flag: string) => boolean,
): readonly { readonly flag: string; readonly message: string }[] {
  return table[daemon].flatMap(({ flags, fits, message }) => {
    const flag = flags.find(isGiven)
    return flag === undefined || fits(values) ? [] : [{ flag, message: message(values) }]
  })
}
