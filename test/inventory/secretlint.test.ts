import { readdirSync, readFileSync } from 'node:fs'
import { lintSource } from '@secretlint/core'
import { creator as rule } from '@secretlint/secretlint-rule-preset-recommend'
import test from 'ava'
import fc from 'fast-check'
import { parseInventory } from '../../scripts/inventory/parse.ts'

// secretlint judges our patterns: whatever it finds in a value, the check must refuse. It is not used for the check
// itself because it is asynchronous, takes longer to load than a check takes, and does not know passwords in commands.

const preset = '@secretlint/secretlint-rule-preset-recommend'

/**
 * The rules of secretlint that find something in each text, which may become a file of any name. All texts are judged at
 * once, because the profiler of secretlint takes time for each call.
 */
async function found(texts: readonly string[]): Promise<readonly (readonly string[])[]> {
  const gap = '\n\n'
  const content = texts.join(gap)
  const config = { rules: [{ id: preset, rule }] }
  const all = ['inventory.yaml', '.npmrc', 'package.json'].map(filePath => {
    const source = { filePath, content, contentType: 'text', ext: '' } as const
    return lintSource({ source, options: { config: config as never } })
  })
  const messages = (await Promise.all(all)).flatMap(one => one.messages)
  let end = -gap.length
  return texts.map(text => {
    const start = end + gap.length
    end = start + text.length
    return messages
      .filter(({ range }) => range[0] >= start && range[0] < end)
      .map(({ ruleId }) => ruleId.replace('@secretlint/secretlint-rule-', ''))
  })
}

const refuses = (text: string) =>
  parseInventory(
    JSON.stringify({ vars: { user_data_extra: { runcmd: [text] } }, groups: {} }),
    'inventory.yaml',
  ).problems.some(({ code }) => code === 'E036')

/** The shapes of secrets that secretlint knows, by its rules. */
const judged: readonly (readonly [rule: string, shape: RegExp])[] = [
  ['aws', /^aws_secret_access_key ?= ?[A-Za-z0-9/+]{39}[A-Za-z0-9]$/],
  ['aws', /^"?(AWS_SECRET_ACCESS_KEY|SecretAccessKey)"?(: |=>|=)[A-Za-z0-9/+]{39}[A-Za-z0-9]$/],
  ['github', /^gh[pousr]_[A-Za-z0-9_]{36}$/],
  ['github', /^github_pat_[A-Za-z0-9_]{82}$/],
  ['gitlab', /^glpat-[A-Za-z0-9_-]{20,40}$/],
  ['slack', /^xox[bpaor]-[0-9]{10,12}-[0-9]{10,12}-[a-zA-Z0-9]{24}$/],
  ['slack', /^xapp-1-A[A-Z0-9]{10}-[0-9]{13}-[a-f0-9]{64}$/],
  [
    'slack',
    /^https:\/\/hooks\.slack\.com\/services\/T[a-zA-Z0-9]{8,10}\/B[a-zA-Z0-9]{8,10}\/[a-zA-Z0-9]{24}$/,
  ],
  ['npm', /^npm_[A-Za-z0-9_]{36}$/],
  ['npm', /^\/\/registry\.example\.com\/:_authToken=[a-f0-9]{40}$/],
  ['npm', /^https:\/\/[a-f0-9]{40}:x-oauth-basic@github\.com\/example\/x\.git$/],
  ['basicauth', /^(https?|ftps?):\/\/bot[a-z0-9]{2}:[a-z][A-Za-z0-9_-]{8,20}@example\.com\/$/],
  [
    'database-connection-string',
    /^(jdbc:)?(mysqlx?|postgres|postgresql):\/\/shop:[A-Za-z0-9!%&*+.]{8,20}@db\.internal:5432\/shop$/,
  ],
  [
    'database-connection-string',
    /^mongodb(\+srv)?:\/\/shop:[A-Za-z0-9!%&*+.]{8,20}@db\.internal\/shop\?w=1$/,
  ],
  ['sendgrid', /^SG\.[A-Za-z0-9_]{22}\.[A-Za-z0-9_]{20}[-_][A-Za-z0-9_]{22}$/],
  ['shopify', /^shp(pa|ca|at|ss)_[a-zA-Z0-9]{32,64}$/],
  ['openai', /^sk-[a-zA-Z0-9]{20}T3BlbkFJ[a-zA-Z0-9]{20}$/],
  ['openai', /^sk-(proj|svcacct|admin)-[A-Za-z0-9_-]{58}T3BlbkFJ[A-Za-z0-9_-]{57}[A-Za-z0-9]$/],
  ['anthropic', /^sk-ant-api0[0-9]-[A-Za-z0-9_-]{93}AA$/],
  ['groq', /^gsk_[a-zA-Z0-9]{52}$/],
  ['huggingface', /^hf_[a-zA-Z]{34}$/],
  ['linear', /^lin_api_[a-zA-Z0-9_]{32,48}$/],
  ['notion', /^ntn_[0-9]{11}[A-Za-z0-9]{35}$/],
  ['grafana', /^glc_[A-Za-z0-9+/]{32,60}={0,2}$/],
  ['grafana', /^glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}$/],
  [
    '1password',
    new RegExp(
      `^ops_${btoa(JSON.stringify({ email: 'bot@example.com', muk: {}, srpX: '0'.repeat(64), secretKey: 'A3-C4ZJMN-PQTZTL-HGL84', signInAddress: 'x', userAuth: {} }))}$`,
    ),
  ],
  ['hashicorp-vault', /^hv[sr]\.[A-Za-z0-9_-]{90,120}$/],
  ['hashicorp-vault', /^hvb\.[A-Za-z0-9_-]{138,200}$/],
  ['vercel', /^vc[piark]_[A-Za-z0-9]{24,60}$/],
  ['databricks', /^dapi[A-Fa-f0-9]{32}(-[0-9])?$/],
  ['docker', /^dckr_pat_[a-zA-Z0-9_-]{27}$/],
  ['figma', /^figd_[A-Za-z0-9_-]{40,60}$/],
  [
    'privatekey',
    /^-----BEGIN ((RSA|DSA|EC|OPENSSH) )?PRIVATE KEY-----(\n|\\n)MI[A-Za-z0-9+/]{120}(\n|\\n)-----END ((RSA|DSA|EC|OPENSSH) )?PRIVATE KEY-----$/,
  ],
  [
    'privatekey',
    /^-----BEGIN PGP PRIVATE KEY BLOCK-----\nMI[A-Za-z0-9+/]{120}\n-----END PGP PRIVATE KEY BLOCK-----$/,
  ],
]

/** Shapes that secretlint's recommended rules do not know, or only with an option. */
const unjudged: readonly RegExp[] = [
  /^(AKIA|ASIA)[A-Z0-9]{16}$/,
  /^gl(oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[A-Za-z0-9_-]{20,40}$/,
  /^pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{60,100}$/,
  /^[rs]k_(live|test)_[A-Za-z0-9]{24,99}$/,
  /^whsec_[A-Za-z0-9+/]{32,44}$/,
  /^AIza[A-Za-z0-9_-]{35}$/,
  /^GOCSPX-[A-Za-z0-9_-]{28}$/,
  /^ya29\.[A-Za-z0-9_-]{60,120}$/,
  /^\{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\nMI[A-Za-z0-9+/]{120}\\n-----END PRIVATE KEY-----\\n"\}$/,
  /^DefaultEndpointsProtocol=https;AccountName=[a-z0-9]{5,9};AccountKey=[A-Za-z0-9+/]{86}==;EndpointSuffix=core\.windows\.net$/,
  /^Endpoint=sb:\/\/x\.servicebus\.windows\.net\/;SharedAccessKeyName=all;SharedAccessKey=[A-Za-z0-9+/]{43}=$/,
  /^[A-Za-z0-9_~]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}$/,
  /^https:\/\/x\.blob\.core\.windows\.net\/c\?sv=2022-11-02&sr=c&sp=r&sig=[A-Za-z0-9]{40}%2B%3D$/,
  /^chpasswd <<EOF\n(root|ann):[A-Za-z0-9]{8,12}\nEOF$/,
  /^echo (root|ann):[A-Za-z0-9]{8,12} \| chpasswd$/,
  /^rubygems_[a-f0-9]{48}$/,
  /^(do[opr]_v1_[a-f0-9]{64}|tskey-auth-[A-Za-z0-9]{12}-[A-Za-z0-9]{32})$/,
  /^EAAA[A-Za-z0-9_-]{60}$/,
  /^SK[a-f0-9]{32}$/,
  /^key-[a-f0-9]{32}$/,
  /^xox[es]-[0-9]-[A-Za-z0-9]{100,140}$/,
  /^https:\/\/discord(app)?\.com\/api\/webhooks\/[0-9]{18,19}\/[A-Za-z0-9_-]{68}$/,
  /^[0-9]{9,10}:AA[A-Za-z0-9_-]{33}$/,
  /^NRAK-[A-Z0-9]{27}$/,
  /^(dp\.pt\.[A-Za-z0-9]{43}|pul-[a-f0-9]{40}|sntrys_ey[A-Za-z0-9_+/=]{80,120})$/,
  /^PMAK-[a-f0-9]{24}-[a-f0-9]{34}$/,
]

/** What may stand around a secret. */
const around: readonly (readonly [before: string, after: string])[] = [
  ['', ''],
  ['login ', ' --yes'],
  ['A=', '\nB=1'],
  ['"', '"'],
  ["x --with='", "'"],
  ['{"a": "', '", "b": 1}'],
  ['ä(', ')'],
  ['https://example.com/?t=', '&b=1'],
  ['https://example.com/', '/x'],
]

const textsOf = (shape: RegExp) =>
  fc
    .sample(fc.stringMatching(shape), { numRuns: 20, seed: 12 })
    .flatMap(secret => around.map(([before, after]) => `${before}${secret}${after}`))

for (const [name, shape] of judged) {
  test(`whatever secretlint finds is refused: ${name} ${shape}`, async t => {
    const texts = textsOf(shape)
    const verdicts = await found(texts)
    const secrets = texts.filter((_, index) => (verdicts[index] ?? []).length > 0)
    t.true(verdicts[0]?.includes(name), texts[0])
    t.deepEqual(
      secrets.filter(text => !refuses(text)),
      [],
    )
  })
}

test('secrets that secretlint does not know are refused', t => {
  for (const shape of unjudged)
    t.deepEqual(
      fc.sample(fc.stringMatching(shape), { numRuns: 20, seed: 12 }).filter(text => !refuses(text)),
      [],
      String(shape),
    )
})

test('secretlint finds nothing in valid inventories', async t => {
  const files = ['test/cases', 'examples'].flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => /\.ya?ml$/.test(name) && !name.startsWith('bad/'))
      .map(name => `${folder}/${name}`),
  )
  t.true(files.length > 8)
  const verdicts = await found(files.map(file => readFileSync(file, 'utf8')))
  for (const [index, file] of files.entries()) t.deepEqual(verdicts[index], [], file)
})
