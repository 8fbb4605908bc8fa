import { suggestion } from '../nearest.ts'
import type { Path } from '../problem-path.ts'
import { helping } from '../problems.ts'
import type { Finding } from '../rules/rule.ts'
import type { Check } from './config.ts'
import { isOurFile, realPath } from './paths.ts'

/**
 * The top-level keys that cloud-init 22.4 knows (its schema-cloud-config-v1.json). It ignores other keys without a
 * message.
 */
export const cloudConfigKeys: readonly string[] =
  `allow_public_ssh_keys ansible apk_repos apt apt_pipelining apt_reboot_if_required apt_update apt_upgrade authkey_hash
  autoinstall bootcmd byobu_by_default ca-certs ca_certs chef chpasswd cloud_config_modules cloud_final_modules
  cloud_init_modules device_aliases disable_ec2_metadata disable_root disable_root_opts disk_setup drivers fan
  final_message fqdn fs_setup groups growpart grub-dpkg grub_dpkg hostname keyboard landscape locale locale_configfile
  lxd manage_etc_hosts manage_resolv_conf mcollective migrate mount_default_fields mounts no_ssh_fingerprints ntp
  output package_reboot_if_required package_update package_upgrade packages password phone_home power_state
  prefer_fqdn_over_hostname preserve_hostname puppet random_seed reporting resize_rootfs resolv_conf rh_subscription
  rsyslog runcmd salt_minion snap spacewalk ssh ssh_authorized_keys ssh_deletekeys ssh_fp_console_blacklist
  ssh_genkeytypes ssh_import_id ssh_key_console_blacklist ssh_keys ssh_publish_hostkeys ssh_pwauth ssh_quiet_keygen
  swap timezone ubuntu_advantage updates user users vendor_data wireguard write_files yum_repo_dir yum_repos zypper`.split(
    /\s+/,
  )

/** Keys that would override the user data of the node, or change how the two are merged. */
const ours = /^(hostname|fqdn|preserve_hostname|prefer_fqdn_over_hostname|merge_how|merge_type)$/

/** Keys of the user's cloud-config that cloud-init would ignore or refuse, or that the node already sets. */
export const checkCloudConfig: Check = (config, path) =>
  Object.entries(config).flatMap(([key, value]): readonly Finding[] => {
    const place = path.below(key)
    if (ours.test(key)) {
      return [{ path: place, at: 'key', message: 'is set by the node’s own user data', help: 'remove it' }]
    }
    if (!cloudConfigKeys.includes(key)) {
      const help = helping(suggestion(key, cloudConfigKeys, config))
      return [{ path: place, at: 'key', message: 'is not a cloud-init key', ...help }]
    }
    if (key === 'write_files') return checkFiles(value, place)
    if ((key === 'runcmd' || key === 'bootcmd') && !Array.isArray(value)) {
      return [{ path: place, message: 'must be a list of commands' }]
    }
    return []
  })

function checkFiles(files: unknown, path: Path): readonly Finding[] {
  if (!Array.isArray(files)) return [{ path, message: 'must be a list of files' }]
  return files.flatMap((file, index): readonly Finding[] => {
    const target = (file as { path?: unknown } | null)?.path
    if (typeof target !== 'string') return [{ path: path.below(index), message: 'must be a map with a path' }]
    if (!isOurFile(realPath(target))) return []
    const place = path.below(index, 'path')
    return [
      {
        path: place,
        message: `${target} is written by the node’s own user data`,
        help: 'choose another path',
      },
    ]
  })
}
