/** The files that the NoCloud data source of cloud-init reads, by name. */
export interface Seed {
  readonly 'meta-data': string
  readonly 'user-data': string
  readonly 'vendor-data'?: string
}

/** The identity of a machine without a cloud that provides it. */
export interface Identity {
  /** If it changes, cloud-init considers the machine new and runs again. */
  readonly instanceId: string
  readonly hostname: string
  /** OpenSSH public keys that can log in. */
  readonly publicKeys?: readonly string[]
}

/** The files of a NoCloud seed: for a disk labelled `cidata`, or for /var/lib/cloud/seed/nocloud. */
export function seedOf(
  { instanceId, hostname, publicKeys = [] }: Identity,
  userData: string,
  vendorData?: string,
): Seed {
  const metaData = {
    'instance-id': instanceId,
    'local-hostname': hostname,
    ...(publicKeys.length > 0 && { 'public-keys': publicKeys }),
  }
  return {
    // JSON is valid YAML.
    'meta-data': `${JSON.stringify(metaData, null, 2)}\n`,
    'user-data': userData,
    ...(vendorData !== undefined && { 'vendor-data': vendorData }),
  }
}
