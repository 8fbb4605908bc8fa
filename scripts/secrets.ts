import { randomBytes } from 'node:crypto'
import { defineCommand } from './cli/command.ts'
import { inventoryOptions } from './cli/common-options.ts'
import { fromCall } from './cli/inventory-file.ts'
import { type LoadedInventory, loadInventory } from './cli/load.ts'
import { env, isProgram, main, print, printJson } from './cli/main.ts'
import { Misused, requiredOperands, text } from './cli/options.ts'
import { Path } from './inventory/problem-path.ts'
import { Refused } from './inventory/problems.ts'
import type { Validity } from './secrets/authority.ts'
import { factsOf, makeSecrets, type SecretFacts } from './secrets/secret-set.ts'
import { readSecrets, type SecretsFile, secretsFile, writeSecrets } from './secrets/stores/age-file.ts'
import { table } from './show/table.ts'

/** How long the certificate authority of Consul is valid, in milliseconds. */
const validFor = 10 * 365 * 24 * 60 * 60 * 1_000

export const command = defineCommand({
  name: 'secrets',
  summary: 'create or list the secrets of a cluster',
  options: {
    ...inventoryOptions,
    identity: text(
      'FILE',
      'age identity for file: secrets (default MESOS_BAKERY_IDENTITY, or ~/.config/mesos-bakery/identity)',
    ),
    action: requiredOperands(
      'init|list',
      'init creates the secrets, list shows their names, versions and dates',
    ),
  },
  examples: [
    ['init', 'create the secrets that the inventory names'],
    ['list', 'list them, without their values'],
  ],
  run: async given => {
    const [action, ...others] = given.action
    if ((action !== 'init' && action !== 'list') || others.length > 0) {
      throw new Misused(`init or list is required, got ${given.action.join(' ')}`)
    }
    const loaded = await loadInventory(given)
    const identity = given.identity === undefined ? undefined : fromCall(given.identity, env())
    const file = fileOf(loaded, identity)
    if (action === 'init') {
      await writeSecrets(file, makeSecrets(loaded.cluster.name, randomBytes, validityFrom(new Date())))
    }
    const facts = factsOf(await readSecrets(file, loaded.cluster.name))
    if (given.json) printJson(facts)
    else if (action === 'list') print(listed(facts))
    else print(created(file, facts.length))
  },
})

function validityFrom(now: Date): Validity {
  return { from: now.toISOString(), until: new Date(now.getTime() + validFor).toISOString() }
}

/** @throws Refused if the inventory names no secrets */
function fileOf({ cluster, source }: LoadedInventory, identity: string | undefined): SecretsFile {
  if (cluster.secrets !== undefined) return secretsFile(cluster.secrets, source.folder, env(), identity)
  const message = 'is required for this command'
  const help = `add a line such as secrets: file:${cluster.name}.secrets.age`
  throw new Refused([{ path: Path.inInventory('secrets'), file: source.file, message, help }])
}

function listed(facts: readonly SecretFacts[]): string {
  const rows = facts.map(({ name, version, created: at, roles }) => [
    name,
    String(version),
    at.slice(0, 10),
    roles.join(', '),
  ])
  return table([['NAME', 'VERSION', 'CREATED', 'ROLES'], ...rows]).join('\n')
}

function created({ name, identity }: SecretsFile, count: number): string {
  return `${name}: ${count} secrets, encrypted for the identity ${identity}
Keep the identity out of version control, and back it up: without it, the secrets are lost.`
}

if (isProgram(import.meta.url)) await main(command)
