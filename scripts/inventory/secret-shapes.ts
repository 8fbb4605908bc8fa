/** A kind of secret, and its pattern. The secret is the group `secret`, or otherwise the whole match. */
type SecretShape = readonly [what: string, pattern: RegExp]

// The prefixes that services give to their tokens, as secretlint's recommended rules and the services document them.
// secretlint judges these patterns in a test. It is not used here because it is asynchronous, loads in 75 ms, and does not
// know passwords in commands and files.
const tokens: readonly SecretShape[] = [
  ['an AWS access key', /\b(?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ['a GitHub token', /(?<![A-Za-z])gh[pousr]_\w{36}|(?<![A-Za-z])github_pat_\w{22,}/g],
  [
    'a GitLab token',
    /(?<![A-Za-z])gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[\w.-]{20,}|\bGR1348941[\w-]{20}/g,
  ],
  [
    'a Slack token',
    /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}|\bhooks\.slack\.com\/(?:services|triggers|workflows)\/\w+\/\w+\/\w+/g,
  ],
  ['a Vault token', /(?<![A-Za-z])hv[sbr]\.[A-Za-z0-9_-]{20,}/g],
  ['a Terraform token', /\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}/g],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g],
  [
    'an npm token',
    /(?<![A-Za-z])npm_(?!config_|package_|lifecycle_)\w{36}(?!\w)|_authToken=(?<secret>(?!\$)[^\s"';&]+)/g,
  ],
  ['a PyPI token', /\bpypi-AgEIcHlwaS5vcmc[\w-]{20,}/g],
  ['a RubyGems token', /\brubygems_[a-f0-9]{48}\b/g],
  ['a Docker token', /(?<![A-Za-z])dckr_[po]at_[\w-]{27}/g],
  ['a Google API key', /\bAIza[\w-]{35}(?![\w-])|\bGOCSPX-[\w-]{28}(?![\w-])|\bya29\.[\w-]{40,}/g],
  ['a Stripe key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/=]{24,}/g],
  ['a SendGrid key', /(?<![A-Za-z])SG\.(?=[\w.-]{66}(?![\w-]))[\w-]+\.[\w-]+/g],
  ['a Shopify token', /(?<![A-Za-z])shp(?:at|ca|pa|ss)_[A-Za-z0-9]{32,}/g],
  [
    'an API key',
    /(?<![A-Za-z])sk-(?:(?:ant|proj|svcacct|admin)-[\w-]{20,}|[A-Za-z0-9]{16,}T3BlbkFJ[A-Za-z0-9]{16,})|(?<![A-Za-z])(?:gsk_[A-Za-z0-9]{52}|hf_[A-Za-z]{34})(?![A-Za-z0-9])/g,
  ],
  [
    'a token',
    /(?<![A-Za-z])(?:lin_api_\w{32,}|do[opr]_v1_[a-f0-9]{64}|tskey-[a-z]+-[\w-]{16,}|glc_[A-Za-z0-9+/]{32,}=*|glsa_\w{41}|dapi[A-Fa-f0-9]{32}(?![A-Fa-f0-9])|ops_ey[\w+/=-]{100,}|figd_[\w-]{40,}|ntn_[A-Za-z0-9]{40,}|vc[piark]_[A-Za-z0-9]{20,60}(?![A-Za-z0-9])|dp\.pt\.[A-Za-z0-9]{40,}|pul-[a-f0-9]{40}|sntrys_ey[\w+/=-]{40,}|NRAK-[A-Z0-9]{27}|PMAK-[a-f0-9]{24}-[a-f0-9]{34})/g,
  ],
  ['an Azure key', /\b(?:Account|SharedAccess)Key=(?<secret>[A-Za-z0-9+/]{43,86}={1,2})/g],
  ['an Azure signature', /[?&]sig=(?<secret>[\w%+/-]{40,})/g],
  ['an Azure client secret', /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g],
  [
    'a bot token',
    /\bdiscord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,}|(?<![\w:])\d{8,10}:AA[\w-]{33}(?![\w-])/g,
  ],
  ['an API key', /\bEAAA[\w-]{60}(?![\w-])|\bkey-[a-f0-9]{32}\b|\bSK[a-f0-9]{32}\b/g],
]

const keys: readonly SecretShape[] = [
  [
    'a private key',
    /-----BEGIN[A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END[A-Z ]*PRIVATE KEY(?: BLOCK)?-----|[\s\S]*)/g,
  ],
  // `-----BEGIN … PRIVATE KEY` in base64; what precedes PRIVATE decides how it is aligned.
  [
    'a private key',
    /\bLS0tLS1CRUdJTi[A-Za-z0-9]{0,17}(?:UFJJVkFURSBLRV|QUklWQVRFIEtFW|BSSVZBVEUgS0VZ)[A-Za-z0-9+/=]*/g,
  ],
  ['a private key', /\bPuTTY-User-Key-File-\d:[\s\S]*?\nPrivate-Lines:[\s\S]*/g],
  ['a private key', /\bAGE-SECRET-KEY-1[A-Z0-9]{50,}/g],
  [
    'a gossip key',
    /\bencrypt\b["']?(?:\s*[:=]\s*|\s+)["']?(?<secret>[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{32}|[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])/g,
  ],
  [
    'an AWS secret key',
    /\b(?:aws_?)?secret_?(?:access_?)?key["']?(?:\s*(?:=>|[:=])\s*|\s+)["']?(?<secret>[A-Za-z0-9/+=]{40,})/gi,
  ],
]

/**
 * Patterns of secrets that have no shape of their own, but are in the place of one. They contain a space, a colon or an
 * equals sign.
 */
export const passwordShapes: readonly SecretShape[] = [
  ['an npm token', /_authToken=["']?(?<secret>[^\s"';&]+)/g],
  // GitHub reads a token in place of the user.
  ['a token in a URL', /\bhttps?:\/\/(?<secret>[^\s/:@$]+):x-oauth-basic@/g],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?<secret>[^\s/@]+)@/gi],
  [
    'a credential in a header',
    /\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+(?<secret>[\w.~+/=-]{8,})/gi,
  ],
  [
    'a credential in a header',
    /\b(?:x-(?:consul|vault|nomad|auth)-token|x-api-key|(?:private|deploy|job)-token)["']?\s*:\s*["']?(?<secret>[\w.~+/=-]{8,})/gi,
  ],
  ['a registry credential', /"auth"\s*:\s*"(?<secret>[A-Za-z0-9+/=]{8,})"/g],
  ['a password of curl', /\bcurl\b[^\n]*?\s(?:-u|--user)[= ]?["']?[^\s:"']+:(?<secret>[^\s"']+)/g],
  ['a password of mysql', /\bmysql\w*\b[^\n]*?\s-p(?<secret>[^\s"'-][^\s"']*)/g],
  ['an AWS session token', /\baws_session_token["']?\s*[:=\s]\s*["']?(?<secret>[A-Za-z0-9/+=]{16,})/gi],
  ['a Consul token', /\bset-agent-token\s[^\n]*?(?<secret>[0-9a-f]{8}-[0-9a-f-]{27})/g],
  ['a password of npm', /\b_(?:auth|password)=["']?(?<secret>[^\s"';&]+)/g],
  ['a password of useradd', /\buser(?:add|mod)\b[^\n]*?\s-p[= ]?["']?(?<secret>[^\s"'-][^\s"']*)/g],
  ['a password of redis-cli', /\bredis-cli\b[^\n]*?\s-a[= ]?["']?(?<secret>[^\s"'-][^\s"']*)/g],
  ['a password of LDAP', /\bldap\w+\s[^\n]*?\s-w[= ]?["']?(?<secret>[^\s"'-][^\s"']*)/g],
  ['a password of Samba', /\bsmbclient\b[^\n]*?\s-U[= ]?["']?[^\s"'%]+%(?<secret>[^\s"']+)/g],
  ['a password of htpasswd', /\bhtpasswd\b[^\n]*?\s-\w*b\w*\s+\S+\s+\S+\s+["']?(?<secret>[^\s"']+)/g],
  [
    'a password of OpenSSL',
    /\bopenssl\b[^\n]*?\s(?:-k\s+|-pass(?:in|out)?\s+["']?pass:)["']?(?<secret>[^\s"'-][^\s"']*)/g,
  ],
  ['a password of Azure', /\baz\s+login\b[^\n]*?\s-p[= ]?["']?(?<secret>[^\s"'-][^\s"']*)/g],
  ['a password in a setting', /(?<=[\s,;"'])(?:password|passwd)=(?<secret>[\w!%+~@-][^\s"',;&|)]*)/g],
  ['a password of sshpass', /\bsshpass\s+-p[= ]?["']?(?<secret>[^\s"']+)/g],
  [
    'a password of a registry',
    /\b(?:docker|podman|buildah|skopeo|helm)\b[^\n]*?\slogin\b[^\n]*?\s-p[= ]?["']?(?<secret>[^\s"'-][^\s"']*)/g,
  ],
  ['a password of Redis', /^\s*(?:requirepass|masterauth)\s+["']?(?<secret>[^\s"']+)/gm],
  ['a password of netrc', /\bmachine\s+\S+\s+login\s+\S+\s+password\s+(?<secret>\S+)/g],
  ['a password of pgpass', /^[\w.*-]+:(?:\d+|\*):[\w.*-]+:[\w.*-]+:(?<secret>\S+)$/gm],
  [
    'a password for chpasswd',
    /\b(?:echo|printf)\b(?:\s+-\w+)*\s+["']?[\w.-]+:(?<secret>[^\s"'|]+)["']?\s*\|\s*(?:sudo\s+)?(?:\S*\/)?chpasswd\b/g,
  ],
  ['a password for chpasswd', /\bchpasswd\b[^\n|;]*<<<\s*["']?[\w.-]+:(?<secret>[^\s"']+)/g],
  ['a password for chpasswd', /\bchpasswd\b[^\n]*<<-?\s*["']?(\w+)["']?\n(?<secret>[\s\S]*?)\n\s*\1\b/g],
  [
    'a password on standard input',
    /\b(?:echo|printf)\b(?:\s+-\w+)*\s+["']?(?<secret>[^"'|\n]*[^"'|\s])["']?\s*\|\s*(?:sudo\s+-S\b|(?:sudo\s+)?(?:(?:\S*\/)?passwd\b|[^|\n]*--password-stdin\b))/g,
  ],
  [
    'a secret in an option',
    /(?<![\w-])--(?:[\w-]*-)?(?:password|passwd|passphrase|token|secret|api-key|account-key)(?:=|\s+)["']?(?!(?:id|type)=)(?<secret>[^\s"']+)/g,
  ],
  // Environment variables are in capital letters anywhere in a command.
  [
    'a secret in a variable',
    /\b(?:[A-Z0-9_]*_)?(?:[A-Z]*PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|(?:ACCESS|SECRET|PRIVATE|ENCRYPTION|SIGNING|LICENSE)_KEY|SECRET_KEY_BASE|(?<=_)(?:PASS|PWD))=["']?(?<secret>[^\s"';|&)]+)/g,
  ],
]

/** Patterns of secrets that are a single word, with at least `shortestToken` characters. */
export const tokenShapes: readonly SecretShape[] = [...tokens, ...keys]

export const shortestToken = 15
