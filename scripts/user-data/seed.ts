/** What cloud-init's NoCloud reads, by the names of its files. */
export interface Seed {
  readonly 'meta-data': string
  readonly 'user-data': string
  readonly 'vendor-data'?: string
}

/** Who a machine is, where no cloud tells it. */
export interface Identity {
  /** With another one, cloud-init takes the machine for a new one and runs again. */
  readonly instanceId: string
  readonly hostname: string
  /** OpenSSH public keys of who may log in. */
  readonly publicKeys?: readonly string[]
}

/** The files of a NoCloud seed: on a disk labelled `cidata`, or below /var/lib/cloud/seed/nocloud. */
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
    // YAML takes JSON as it is.
    'meta-data': `${JSON.stringify(metaData, null, 2)}\n`,
    'user-data': userData,
    ...(vendorData !== undefined && { 'vendor-data': vendorData }),
  }
}
