import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2'
import * as z from 'zod/mini'
import { type Agreed, agreedOf } from '../../../cluster/agreed.ts'
import type { Cluster } from '../../../cluster/cluster.ts'
import { claimName } from '../../../cluster/names.ts'
import { quorumOf } from '../../../cluster/quorum.ts'
import { tag } from '../../../cluster/tags.ts'
import { Path } from '../../../inventory/problem-path.ts'
import { Refused } from '../../../inventory/problems.ts'
import { type Claim, isAsClaimed, sayClaim } from '../claim.ts'
import type { StepOf } from '../ec2-step.ts'
import { clusterTags, toTags } from '../ec2-tags.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { createInterface, deleteInterface, releaseInterface } from './network-interface.ts'
import type { GroupIds } from './security-group.ts'
import { everyOf, fromTags, refuseForeign } from './tagged.ts'
import { onceVisible, settle, until } from './wait.ts'

// The claim is stored in a launch template that starts no instances. EC2 numbers the versions of a template
// consecutively. Each version records the number of the version that it follows; if its own number is not the next one,
// another launch was faster, and the version is not valid. If two launches compete, one of them always detects that it
// lost.

const record = z.object({
  format: z.literal(1),
  follows: z.number(),
  leaders: z.number(),
  values: z.record(z.string(), z.unknown()),
  interfaces: z.record(z.string(), z.string()),
  retired: z.array(z.string()),
})

type ClaimRecord = z.infer<typeof record>

/** What the nodes of a cluster have agreed on. Undefined if the cluster has not been claimed. */
export async function observeClaim(aws: Aws, cluster: string): Promise<Claim | undefined> {
  const ec2 = await aws.ec2()
  const name = claimName(cluster)
  const query = { Filters: [{ Name: 'launch-template-name', Values: [name] }] }
  const [[template], versions] = await Promise.all([
    everyOf(ec2.paginateDescribeLaunchTemplates(query), page => page.LaunchTemplates),
    versionsOf(aws, name),
  ])
  if (template?.LaunchTemplateId === undefined) return undefined
  refuseForeign(`launch template ${name}`, cluster, template.Tags)
  const own = versions
    // Versions of a deleted template with the same name may still be listed.
    .filter(({ LaunchTemplateId }) => LaunchTemplateId === template.LaunchTemplateId)
    .map(version => ({ version, number: version.VersionNumber ?? 0, said: recordOf(name, version) }))
    .toSorted((a, b) => b.number - a.number)
  const newest = own.find(({ number, said }) => number === said.follows + 1)
  if (newest === undefined) return undefined
  const { leaders, values, interfaces, retired } = newest.said
  const made = newest.version.CreateTime ?? new Date(0)
  return {
    template: template.LaunchTemplateId,
    version: own[0]?.number ?? newest.number,
    agreed: { leaders, values },
    interfaces,
    retired,
    formed: fromTags(template.Tags)[tag.formed] === 'true',
    by: newest.version.CreatedBy ?? 'unknown',
    at: made.toISOString(),
    fresh: aws.clock.now() < made.getTime() + settle,
  }
}

async function versionsOf(aws: Aws, LaunchTemplateName: string): Promise<readonly LaunchTemplateVersion[]> {
  const ec2 = await aws.ec2()
  const pages = ec2.paginateDescribeLaunchTemplateVersions({ LaunchTemplateName })
  const all = everyOf(pages, page => page.LaunchTemplateVersions)
  return unless(/^InvalidLaunchTemplate.*NotFound/, all, () => [])
}

function recordOf(name: string, { LaunchTemplateData, VersionNumber }: LaunchTemplateVersion): ClaimRecord {
  const text = Buffer.from(LaunchTemplateData?.UserData ?? '', 'base64').toString()
  try {
    return record.parse(JSON.parse(text))
  } catch {
    const message = `version ${VersionNumber} cannot be read; it may have been written by a newer release of mesos-bakery`
    throw new Refused([{ path: Path.outside(`launch template ${name}`), message }])
  }
}

/**
 * Waits until the given version of the claim, or a newer one, is visible, and checks that it still matches the
 * inventory.
 *
 * @param known the version that this run has written, or that its plan is based on
 * @throws Refused with what was claimed instead, by whom and when
 */
export async function currentClaim(aws: Aws, cluster: Cluster, known: number): Promise<Claim> {
  const claim = await awaitClaim(aws, cluster.name, known)
  refuseOther(claim, agreedOf(cluster))
  return claim
}

function awaitClaim(aws: Aws, cluster: string, known: number): Promise<Claim> {
  return until(aws, `version ${known} of the claim to become visible`, settle, async () => {
    const seen = await observeClaim(aws, cluster)
    return seen === undefined || seen.version < known ? undefined : seen
  })
}

function refuseOther(claim: Claim, agreed: Agreed): void {
  if (isAsClaimed(claim.agreed, agreed)) return
  const what =
    claim.agreed.leaders === agreed.leaders
      ? 'with different values of variables that must be the same on all nodes'
      : `not ${agreed.leaders}`
  throw new Refused([
    {
      path: Path.outside(''),
      message: `another launch has claimed the cluster since this plan was made: ${sayClaim(claim)}, ${what}`,
      help: 'this run started nothing; check npm run status, then launch with the same inventory',
    },
  ])
}

/**
 * Creates the network interfaces that seats lack, claims the cluster with them, and deletes the interfaces that no
 * instance may be started with any longer.
 *
 * @param timeout how long to wait for instances of an earlier claim to terminate, in milliseconds
 * @returns the version of the claim in force: ours, or an equal one that another launch wrote first
 * @throws Refused if another launch claimed something different, or an instance of an earlier claim is running
 */
export async function writeClaim(
  aws: Aws,
  cluster: Cluster,
  step: StepOf<'claim'>,
  { groups, timeout }: { readonly groups: GroupIds; readonly timeout: number },
): Promise<string> {
  const [made] = await Promise.all([
    Promise.all(step.seats.map(async seat => [seat.seat, await createInterface(aws, seat, groups)] as const)),
    ...step.protects.map(id => protectMachine(aws, id)),
  ])
  const said: ClaimRecord = {
    format: 1,
    follows: step.follows?.version ?? 0,
    leaders: step.agreed.leaders,
    values: { ...step.agreed.values },
    interfaces: { ...step.keeps, ...Object.fromEntries(made) },
    retired: [...step.retires],
  }
  const written = await append(aws, cluster, step.follows?.template, said)
  if (!written.won) {
    const winner = await awaitClaim(aws, cluster.name, written.version)
    // The winner may be our own version, if its response was lost.
    const used = Object.values(winner.interfaces)
    await Promise.all(made.map(([, id]) => (used.includes(id) ? undefined : deleteInterface(aws, id))))
    refuseOther(winner, step.agreed)
    return String(winner.version)
  }
  if (said.retired.length === 0) return String(written.version)
  return String(await settleClaim(aws, cluster, step, { written, said, timeout }))
}

/**
 * Deletes the network interfaces of earlier claims, and then records that they are deleted. Interfaces that are in use
 * are restored: if the earlier claim matches, their seats keep them; otherwise the earlier claim is in force again.
 *
 * @returns the version of the claim in force
 * @throws Refused if instances of a claim that does not match are running
 */
async function settleClaim(
  aws: Aws,
  cluster: Cluster,
  { follows, agreed }: StepOf<'claim'>,
  { written, said, timeout }: { written: Written; said: ClaimRecord; timeout: number },
): Promise<number> {
  const released = await Promise.all(
    said.retired.map(async id => ({ id, holder: await releaseInterface(aws, id, follows, timeout) })),
  )
  const held = new Map(
    released.flatMap(({ id, holder }) => (holder === undefined ? [] : [[id, holder] as const])),
  )
  const agrees = follows !== undefined && isAsClaimed(follows.agreed, agreed)
  const back = Object.fromEntries(Object.entries(follows?.interfaces ?? {}).filter(([, id]) => held.has(id)))
  const inForce = held.size === 0 || agrees ? said : { ...said, ...follows?.agreed, interfaces: {} }
  const interfaces = { ...inForce.interfaces, ...back }
  const next = {
    ...inForce,
    values: { ...inForce.values },
    interfaces,
    follows: written.version,
    retired: [],
  }
  const cleared = await append(aws, cluster, written.template, next)
  const used = Object.values(interfaces)
  const left = Object.values(said.interfaces).filter(id => !used.includes(id))
  if (cleared.won) await Promise.all(left.map(id => deleteInterface(aws, id)))
  if (held.size > 0 && !agrees) refuseHeld(held, follows)
  return cleared.version
}

function refuseHeld(held: ReadonlyMap<string, string>, claim: Claim | undefined): void {
  const by = claim === undefined ? 'an earlier run' : `an earlier claim (${sayClaim(claim)})`
  const message = `${[...held.values()].join(', ')} was started by ${by}, which is current again`
  throw new Refused([
    { path: Path.outside(''), message, help: 'launch with the inventory that was used for that claim' },
  ])
}

async function protectMachine(aws: Aws, InstanceId: string): Promise<void> {
  const ec2 = await aws.ec2()
  const protect = ec2.modifyInstanceAttribute({ InstanceId, DisableApiTermination: { Value: true } })
  // The instance may be terminating.
  await unless(/^(InvalidInstanceID|IncorrectInstanceState)/, protect, () => undefined)
}

interface Written {
  readonly template: string
  /** The number of the version that was written, or the lowest number that the current version can have. */
  readonly version: number
  /** Whether the version directly follows the intended version, and is therefore valid. */
  readonly won: boolean
}

/** Writes the version after `said.follows`, unless another launch has already written it. */
async function append(
  aws: Aws,
  cluster: Cluster,
  template: string | undefined,
  said: ClaimRecord,
): Promise<Written> {
  const ec2 = await aws.ec2()
  const name = claimName(cluster.name)
  const content = {
    VersionDescription: `${said.leaders} leaders, quorum ${quorumOf(said.leaders)}; follows version ${said.follows}`,
    LaunchTemplateData: { UserData: Buffer.from(JSON.stringify(said)).toString('base64') },
  }
  if (template === undefined) {
    const Tags = toTags(clusterTags(cluster, name))
    const TagSpecifications = [{ ResourceType: 'launch-template' as const, Tags }]
    const create = ec2.createLaunchTemplate({ LaunchTemplateName: name, TagSpecifications, ...content })
    return unless(
      /AlreadyExistsException$/,
      create.then(({ LaunchTemplate }) => ({
        template: LaunchTemplate?.LaunchTemplateId ?? '',
        version: 1,
        won: true,
      })),
      () => ({ template: '', version: 1, won: false }),
    )
  }
  const { LaunchTemplateVersion } = await onceVisible(
    aws,
    'the claim to become visible in EC2',
    ({ name }) => /^InvalidLaunchTemplate.*NotFound/.test(name),
    () => ec2.createLaunchTemplateVersion({ LaunchTemplateId: template, ...content }),
  )
  const version = LaunchTemplateVersion?.VersionNumber ?? 0
  return { template, version, won: version === said.follows + 1 }
}

/** Records in the claim that every seat has had an instance. Idempotent. */
export async function markFormed(aws: Aws, cluster: Cluster, known: number): Promise<string> {
  const { template } = await currentClaim(aws, cluster, known)
  const ec2 = await aws.ec2()
  await ec2.createTags({ Resources: [template], Tags: toTags({ [tag.formed]: 'true' }) })
  return claimName(cluster.name)
}
