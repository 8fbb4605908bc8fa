import { didYouMean } from '../nearest.ts'
import type { Finding } from '../rules/rule.ts'
import { type Check, type CloudConfig, entriesOf, isMapping, isTrue } from './config.ts'
import { isImageFile, realPath } from './paths.ts'

// Files that the daemons of the node read together with their own.

// A later file wins over an earlier one.
const ofNodeInConsul =
  `bind_addr bootstrap bootstrap_expect data_dir datacenter domain enable_local_script_checks
  leave_on_terminate node_id node_name ports primary_datacenter retry_join server`.split(/\s+/)

// Every other key (Consul 1.22, agent/config/config.go and deprecated.go). Consul does not start with an unknown one ("invalid config key").
const ofConsul = `acl acl_agent_master_token acl_agent_token acl_datacenter acl_default_policy acl_down_policy
  acl_enable_key_list_policy acl_master_token acl_replication_token acl_token acl_ttl addresses advertise_addr
  advertise_addr_ipv4 advertise_addr_ipv6 advertise_addr_wan advertise_addr_wan_ipv4 advertise_addr_wan_ipv6
  advertise_reconnect_timeout ae_interval alt_domain audit auto_config auto_encrypt auto_reload_config autopilot
  build_date ca_file ca_path cache cert_file check check_deregister_interval_min check_output_max_size
  check_reap_interval check_update_interval checks client_addr cloud config_entries connect consul
  default_intention_policy default_query_time disable_anonymous_signature disable_coordinates
  disable_host_node_id disable_http_unprintable_char_filter disable_keyring_file disable_kv_key_validation
  disable_remote_exec disable_update_check discard_check_output discovery_max_stale dns_config
  enable_acl_replication enable_agent_tls_for_checks enable_central_service_config enable_debug
  enable_script_checks enable_syslog encrypt encrypt_verify_incoming encrypt_verify_outgoing experiments
  federation_state_anti_entropy_sync_interval gossip_lan gossip_wan http_config key_file license_path
  license_poll_base_time license_poll_max_time license_update_base_time license_update_max_time limits locality
  log_file log_json log_level log_rotate_bytes log_rotate_duration log_rotate_max_files max_query_time node_meta
  partition peering performance pid_file primary_gateways primary_gateways_interval protocol raft_boltdb
  raft_logstore raft_prevote_disabled raft_protocol raft_snapshot_interval raft_snapshot_threshold
  raft_trailing_logs read_replica reconnect_timeout reconnect_timeout_wan recursors rejoin_after_leave reporting
  retry_interval retry_interval_wan retry_join_wan retry_max retry_max_wan revision rpc segment segment_limit
  segment_name_limit segments serf_lan serf_lan_allowed_cidrs serf_wan serf_wan_allowed_cidrs server_name
  server_rejoin_age_max service services session_ttl_min skip_leave_on_interrupt snapshot_agent start_join
  start_join_wan sync_coordinate_interval_min sync_coordinate_rate_target syslog_facility tagged_addresses
  telemetry tls tls_cipher_suites tls_min_version tls_prefer_server_cipher_suites translate_wan_addrs ui
  ui_config ui_content_path ui_dir unix_sockets use_streaming_backend verify_incoming verify_incoming_https
  verify_incoming_rpc verify_outgoing verify_server_hostname version version_metadata version_prerelease watches
  xds`.split(/\s+/)

/** Files that keep a daemon of the node, its resolver or cloud-init from starting, or from working. */
export const checkDaemonFiles: Check = (config, path) =>
  entriesOf(config.write_files).flatMap((file, index): readonly Finding[] => {
    if (!isMapping(file) || typeof file.path !== 'string') return []
    if (typeof file.encoding === 'string' && !/^(text\/plain)?$/.test(file.encoding)) return []
    const { content = '' } = file
    const found = typeof content === 'string' ? troubleIn(realPath(file.path), content, file) : undefined
    const key = Object.hasOwn(file, 'content') ? 'content' : 'path'
    return found === undefined ? [] : [{ path: path.below('write_files', index, key), ...found }]
  })

function troubleIn(real: string, content: string, { append }: CloudConfig): Trouble {
  if (/^\/etc\/consul\.d\/[^/]+$/.test(real)) return consulTrouble(real, content)
  if (/^\/etc\/dnsmasq\.d\/[^/]+\.conf$/.test(real)) return resolverTrouble(content)
  if (/^\/etc\/cloud\/cloud\.cfg\.d\/[^/]+\.cfg$/.test(real)) return bootTrouble(content)
  // systemd never starts an empty unit.
  const isEmpty = content.trim() === '' && !isTrue(append) && isImageFile(real)
  return isEmpty ? { message: `empties ${real}, which the node needs`, help: 'remove the entry' } : undefined
}

// Later stages of the same boot read these files, and run the commands of the node (stages.py, read_cfg).
function bootTrouble(content: string): Trouble {
  const [, key] = /^(cloud_(?:init|config|final)_modules|disable_ec2_metadata)\s*:/m.exec(content) ?? []
  if (key === undefined) return undefined
  return { message: `sets ${key}, with which the node may not start`, help: `remove ${key}` }
}

function correction(name: string, known: readonly string[]): string {
  const near = didYouMean(name, known)
  return near === '' ? `remove ${name}` : `correct the name${near}`
}

type Trouble = { readonly message: string; readonly help: string } | undefined

function consulTrouble(real: string, content: string): Trouble {
  const keys = real.endsWith('.json') ? keysOfJson(content) : real.endsWith('.hcl') ? keysOfHcl(content) : []
  if (keys === undefined) {
    const message = 'is not a JSON object: Consul does not start with it'
    return { message, help: 'correct it' }
  }
  const own = keys.find(key => ofNodeInConsul.includes(key))
  if (own !== undefined)
    return { message: `sets ${own} of Consul, which the node sets`, help: `remove ${own}` }
  const unknown = keys.find(key => !ofConsul.includes(key))
  if (unknown === undefined) return undefined
  const message = `sets ${unknown}, which is not a key of Consul: Consul does not start with it`
  return { message, help: correction(unknown, ofConsul) }
}

function keysOfJson(content: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(content)
    return isMapping(value) ? Object.keys(value) : undefined
  } catch {
    return undefined
  }
}

/** The keys of a file in HCL that are not in a block. Texts and comments may contain brackets. */
function keysOfHcl(content: string): readonly string[] {
  const bare = content.replace(textOrComment, part =>
    /^"[\w-]*"$/.test(part) ? part : part.startsWith('"') ? '""' : ' ',
  )
  let depth = 0
  return [...bare.matchAll(keyOrBracket)].flatMap(([token, quoted, name]) => {
    if (/[[{]$/.test(token)) depth += 1
    if (/[\]}]$/.test(token)) depth -= 1
    const key = quoted ?? name
    return key !== undefined && depth === (token.endsWith('{') ? 1 : 0) ? [key] : []
  })
}

const textOrComment = /"(?:[^"\\\n]|\\.)*"|#.*|\/\/.*|\/\*[\s\S]*?\*\/|<<-?(\w+)\n[\s\S]*?\n\s*\1$/gm

// The key of a block may be followed by its labels.
const keyOrBracket = /(?:"([\w-]*)"|([A-Za-z_][\w-]*))(?:\s+"[\w-]*")*\s*[={]|[[\]{}]/g

// Options that change what names lead to (dnsmasq(8)). With others, such as port, user, interface or those for DHCP, the
// resolver of the node does not start, because it runs without root, or does not listen where programs ask.
const ofResolver =
  `address addn-hosts alias all-servers bogus-nxdomain bogus-priv caa-record cache-rr clear-on-reload
  cname dns-forward-max dns-loop-detect dns-rr domain domain-needed edns-packet-max expand-hosts fast-dns-retry filter-A
  filter-AAAA filter-rr filterwin2k host-record hostsdir ignore-address listen-address local local-ttl localise-queries
  log-async log-debug log-queries max-cache-ttl max-port max-tcp-connections max-ttl min-cache-ttl min-port mx-host
  naptr-record no-ident no-negcache no-round-robin proxy-dnssec ptr-record rebind-domain-ok rebind-localhost-ok rev-server
  server srv-host stop-dns-rebind strict-order synth-domain txt-record`.split(/\s+/)

// dnsmasq does not start if one of these is set twice, in whatever files ("illegal repeated keyword").
const once =
  /^(dns-forward-max|edns-packet-max|local-ttl|log-async|max-cache-ttl|max-port|max-tcp-connections|max-ttl|min-cache-ttl|min-port)$/
const ofNode = /^(bind-interfaces|cache-size|neg-ttl|no-hosts|pid-file|use-stale-cache)$/

function resolverTrouble(content: string): Trouble {
  const options = content.split('\n').flatMap(line => {
    const [, name, value = ''] = /^\s*([^\s=#]+)\s*=?\s*(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [{ name, value }]
  })
  const names = options.map(({ name }) => name)
  const found = options.find(({ name, value }, index) => {
    if (once.test(name) && names.indexOf(name) < index) return true
    return !ofResolver.includes(name) || (name === 'listen-address' && !value.startsWith('127.'))
  })
  if (found === undefined) return undefined
  const { name } = found
  if (ofNode.test(name)) return { message: `sets ${name}, which the node sets`, help: `remove ${name}` }
  if (once.test(name)) return { message: `sets ${name} twice`, help: 'keep one of them' }
  if (name === 'listen-address')
    return { message: 'sets an address that the machine may not have', help: 'use an address in 127.0.0.0/8' }
  const message = `sets ${name}, with which the resolver of the node does not work`
  return { message, help: correction(name, ofResolver) }
}
