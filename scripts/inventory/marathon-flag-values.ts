import type { Form } from './flag-forms.ts'
import { absolutePath, isRole, listenAddress, listOf, pattern, text, webUrl, word } from './text-forms.ts'

const features = ['vips', 'task_killing', 'external_volumes', 'secrets', 'gpu_resources']
// Marathon exits with the features that 1.10 removed, and 1.11 exits with the last two.
const deprecated = ['sanitize_accepted_resource_roles', 'text_plain_tasks']

const networkName = pattern(
  'a name of lower-case letters, digits, hyphens and underscores',
  /^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$/,
)

/** Flags of Marathon whose value is text in the table, and which Marathon checks (src/main/scala, 1.10 and 1.11). */
export const marathonForms: Readonly<Record<string, Form>> = {
  // AcceptedResourceRolesDefaultBehavior, NewGroupEnforceRoleBehavior, GpuSchedulingBehavior.
  accepted_resource_roles_default_behavior: word('any', 'unreserved', 'reserved'),
  new_group_enforce_role: word('off', 'top'),
  gpu_scheduling_behavior: pattern('one of restricted, unrestricted', /^(un)?restricted$/),
  // Features, DeprecatedFeatures.
  enable_features: listOf(`a list of ${features.join(', ')}`, item => features.includes(item)),
  deprecated_features: listOf(`a list of ${deprecated.join(', ')}`, item =>
    deprecated.includes(item.replace(/=.*$/, '')),
  ),
  // DebugConf: Logback reads any other word as debug.
  logging_level: word('off', 'fatal', 'error', 'warn', 'info', 'debug', 'trace', 'all'),
  logstash: pattern(
    'a URI such as tcp://logstash.example.com:5000',
    /^(udp|tcp|ssl):\/\/[^\s/:]+:\d{1,5}\/?$/,
  ),
  // BackupConf, by UriIO.isValid.
  backup_location: pattern(
    'a URI such as file:///backup or s3://bucket/path',
    /^(file:(\/\/)?\/[^\s/]\S*|s3:\/\/[^\s/]+\/\S*)$/,
  ),
  // StorageConf, MarathonConf, MetricsConf.
  internal_store_backend: pattern('one of zk, mem', /^(zk|mem)$/),
  leader_election_backend: pattern('curator', /^curator$/),
  metrics_histogram_reservoir_resetting_chunks: pattern(
    '0, or a whole number of 2 or greater',
    /^(0|[2-9]|[1-9]\d+)$/,
  ),
  metrics_datadog_protocol: pattern('one of udp, api', /^(udp|api)$/),
  // NetworkConf: the names of networks in stringTypes.raml.
  mesos_bridge_name: networkName,
  default_network_name: networkName,
  // Executor.scala: other than //cmd, it is the path of a program on the agents.
  executor: pattern('//cmd, or the absolute path of an executor on the agents', /^\/\S+$/),
  // TaskBuilder.scala puts it before the names of environment variables.
  env_vars_prefix: pattern('a prefix such as APP_', /^[A-Za-z_]\w*$/),
  http_address: listenAddress,
  https_address: listenAddress,
  // The master refuses a framework whose role is invalid.
  mesos_role: text('a role such as prod, or *', isRole),
  mesos_leader_ui_url: webUrl,
  webui_url: webUrl,
  // Relative paths would refer to /, where systemd starts Marathon.
  mesos_authentication_secret_file: absolutePath,
  plugin_conf: absolutePath,
  plugin_dir: absolutePath,
  ssl_keystore_path: absolutePath,
  assets_path: absolutePath,
}
