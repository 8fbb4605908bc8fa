/** The options of the OpenSSH client (ssh_config(5), OpenSSH 9.9). ssh does not distinguish case in them. */
export const sshOptionNames: readonly string[] = `
  AddKeysToAgent AddressFamily BatchMode BindAddress BindInterface CASignatureAlgorithms
  CanonicalDomains CanonicalizeFallbackLocal CanonicalizeHostname CanonicalizeMaxDots
  CanonicalizePermittedCNAMEs CertificateFile ChannelTimeout CheckHostIP Ciphers ClearAllForwardings
  Compression ConnectTimeout ConnectionAttempts ControlMaster ControlPath ControlPersist DynamicForward
  EnableEscapeCommandline EnableSSHKeysign EscapeChar ExitOnForwardFailure FingerprintHash
  ForkAfterAuthentication ForwardAgent ForwardX11 ForwardX11Timeout ForwardX11Trusted
  GSSAPIAuthentication GSSAPIDelegateCredentials GatewayPorts GlobalKnownHostsFile HashKnownHosts Host
  HostKeyAlgorithms HostKeyAlias HostName HostbasedAcceptedAlgorithms HostbasedAuthentication IPQoS
  IdentitiesOnly IdentityAgent IdentityFile IgnoreUnknown Include KbdInteractiveAuthentication
  KbdInteractiveDevices KexAlgorithms KnownHostsCommand LocalCommand LocalForward LogLevel LogVerbose
  MACs Match NoHostAuthenticationForLocalhost NumberOfPasswordPrompts ObscureKeystrokeTiming
  PKCS11Provider PasswordAuthentication PermitLocalCommand PermitRemoteOpen Port
  PreferredAuthentications ProxyCommand ProxyJump ProxyUseFdpass PubkeyAcceptedAlgorithms
  PubkeyAuthentication RekeyLimit RemoteCommand RemoteForward RequestTTY RequiredRSASize RevokedHostKeys
  SecurityKeyProvider SendEnv ServerAliveCountMax ServerAliveInterval SessionType SetEnv StdinNull
  StreamLocalBindMask StreamLocalBindUnlink StrictHostKeyChecking SyslogFacility TCPKeepAlive Tag Tunnel
  TunnelDevice UpdateHostKeys User UserKnownHostsFile VerifyHostKeyDNS VersionAddendum VisualHostKey
  XAuthLocation
`
  .trim()
  .split(/\s+/)

const verified = 'remove it: the host key is verified against the console of the instance'
const shared = 'remove it: a shared connection may have been made without verifying the host key'
const section = 'put it in ~/.ssh/config, which is also used'
const session = 'remove it: the commands set it'

/** Options that cannot be set, and what to do. */
export const refusedOptions: ReadonlyMap<string, string> = new Map([
  ['GlobalKnownHostsFile', verified],
  ['HostKeyAlias', verified],
  ['KnownHostsCommand', verified],
  ['NoHostAuthenticationForLocalhost', verified],
  ['StrictHostKeyChecking', verified],
  ['UpdateHostKeys', verified],
  ['UserKnownHostsFile', verified],
  ['VerifyHostKeyDNS', verified],
  ['ControlMaster', shared],
  ['ControlPath', shared],
  ['ControlPersist', shared],
  ['Host', section],
  ['Include', section],
  ['Match', section],
  ['ForkAfterAuthentication', session],
  ['RemoteCommand', session],
  ['RequestTTY', session],
  ['SessionType', session],
  ['StdinNull', session],
  ['User', 'set user under ssh instead'],
])
