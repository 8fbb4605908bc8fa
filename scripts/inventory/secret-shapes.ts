/** A kind of secret, and its pattern. The secret is the group `secret`, or otherwise the whole match. */
type SecretShape = readonly [what: string, pattern: RegExp]

// The prefixes that services give to their tokens, as secretlint's recommended rules and the services document them.
const tokens: readonly SecretShape[] = [
  ['an AWS access key', /\b(?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22,}/g],
  [
    'a GitLab token',
    /\bgl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[\w.-]{20,}|\bGR1348941[\w-]{20}/g,
  ],
  [
    'a Slack token',
    /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}|\bhooks\.slack\.com\/(?:services|triggers|workflows)\/[A-Z0-9]+\/[A-Z0-9]+\/\w+/g,
  ],
  ['a Vault token', /\bhv[sbr]\.[A-Za-z0-9_-]{20,}/g],
  ['a Terraform token', /\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}/g],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['a PyPI token', /\bpypi-AgEIcHlwaS5vcmc[\w-]{20,}/g],
  ['a RubyGems token', /\brubygems_[a-f0-9]{48}\b/g],
  ['a Docker token', /\bdckr_[po]at_[\w-]{27}/g],
  ['a Google API key', /\bAIza[\w-]{35}(?![\w-])|\bGOCSPX-[\w-]{28}(?![\w-])/g],
  ['a Stripe key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/=]{24,}/g],
  ['a SendGrid key', /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/g],
  ['a Shopify token', /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/g],
  [
    'an API key',
    /\bsk-(?:(?:ant|proj|svcacct|admin)-[\w-]{20,}|[A-Za-z0-9]{16,}T3BlbkFJ[A-Za-z0-9]{16,})|\bgsk_[A-Za-z0-9]{52}\b|\bhf_[A-Za-z]{34}\b/g,
  ],
  [
    'a token',
    /\blin_api_[A-Za-z0-9]{40}\b|\bdo[opr]_v1_[a-f0-9]{64}\b|\btskey-[a-z]+-[\w-]{16,}|\bglsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}\b|\bdapi[a-f0-9]{32}\b|\bops_eyJ[\w-]{100,}|\bfigd_[\w-]{40}|\bntn_[A-Za-z0-9]{40,}/g,
  ],
  ['an Azure account key', /\bAccountKey=(?<secret>[A-Za-z0-9+/]{86}==)/g],
]

const keys: readonly SecretShape[] = [
  [
    'a private key',
    /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|[\s\S]*)/g,
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
    /\bencrypt\b["']?\s*[:=]\s*["']?(?<secret>[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{32}|[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])/g,
  ],
  [
    'an AWS secret key',
    /\b(?:aws_?)?secret_?(?:access_?)?key["']?(?:\s*(?:=>|[:=])\s*|\s+)["']?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
  ],
]

const passwords: readonly SecretShape[] = [
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
    'a password for passwd',
    /\b(?:echo|printf)\b(?:\s+-\w+)*\s+["']?(?<secret>[^"'|\n]*[^"'|\s])["']?\s*\|\s*(?:sudo\s+)?(?:\S*\/)?passwd\b/g,
  ],
  [
    'a secret in an option',
    /(?<![\w-])--(?:[\w-]*-)?(?:password|passwd|passphrase|token|secret|api-key)(?:=|\s+)["']?(?<secret>[^\s"']+)/g,
  ],
  // Environment variables are in capital letters anywhere in a command.
  [
    'a secret in a variable',
    /\b(?:[A-Z0-9_]*_)?(?:[A-Z]*PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY)=["']?(?<secret>[^\s"';|&)]+)/g,
  ],
]

/** Patterns of secrets that are a single word, with at least `shortestToken` characters. */
export const tokenShapes: readonly SecretShape[] = [...tokens, ...keys]

export const shortestToken = 15

/** Patterns of all secrets. Those that are not in `tokenShapes` contain a space, a colon or an equals sign. */
export const secretShapes: readonly SecretShape[] = [...tokenShapes, ...passwords]
