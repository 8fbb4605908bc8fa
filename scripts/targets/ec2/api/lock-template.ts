import { rollName } from '../../../cluster/names.ts'
import { tag } from '../../../cluster/tags.ts'
import type { Held, RollLock } from '../../../roll/held.ts'
import { toTags } from '../ec2-tags.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { everyOf, fromTags, refuseForeign } from './tagged.ts'

// The lock of a rolling update is a launch template that starts no instances. Its name is unique, so only one process can
// create it, and it is deleted by its ID, so a lock that was taken since is never deleted.

/** Who is rolling a cluster. Undefined if nobody is. */
export async function observeRoll(aws: Aws, cluster: string): Promise<Held | undefined> {
  const ec2 = await aws.ec2()
  const name = rollName(cluster)
  const query = { Filters: [{ Name: 'launch-template-name', Values: [name] }] }
  const [found] = await everyOf(ec2.paginateDescribeLaunchTemplates(query), page => page.LaunchTemplates)
  if (found?.LaunchTemplateId === undefined) return undefined
  refuseForeign(`launch template ${name}`, cluster, found.Tags)
  const tags = fromTags(found.Tags)
  const since = tags[tag.since] ?? (found.CreateTime ?? new Date(0)).toISOString()
  return {
    id: found.LaunchTemplateId,
    by: tags[tag.rolledBy] ?? found.CreatedBy ?? 'unknown',
    since,
    alive: Date.parse(tags[tag.alive] ?? since),
    progress: tags[tag.progress] ?? '',
  }
}

/** The lock of a cluster. */
export function rollLockOf(aws: Aws, cluster: string): RollLock {
  return {
    read: () => observeRoll(aws, cluster),
    async take(by, now) {
      const ec2 = await aws.ec2()
      const tags = { ...tagsOf(cluster, by, now), [tag.since]: now }
      const made = ec2.createLaunchTemplate({
        LaunchTemplateName: rollName(cluster),
        VersionDescription: 'exists while a rolling update runs',
        LaunchTemplateData: { UserData: Buffer.from(by).toString('base64') },
        TagSpecifications: [{ ResourceType: 'launch-template', Tags: toTags(tags) }],
      })
      const id = await unless(
        /AlreadyExistsException$/,
        made.then(({ LaunchTemplate }) => LaunchTemplate?.LaunchTemplateId),
        () => undefined,
      )
      return id === undefined ? undefined : { id, by, since: now, alive: Date.parse(now), progress: '' }
    },
    async remove({ id }) {
      const ec2 = await aws.ec2()
      await unless(/NotFound/, ec2.deleteLaunchTemplate({ LaunchTemplateId: id }), () => undefined)
    },
    async renew({ id }, now, progress) {
      const ec2 = await aws.ec2()
      const tags = { [tag.alive]: now, [tag.progress]: plain(progress) }
      await unless(/NotFound/, ec2.createTags({ Resources: [id], Tags: toTags(tags) }), () => undefined)
    },
  }
}

function tagsOf(cluster: string, by: string, now: string) {
  return {
    Name: rollName(cluster),
    [tag.cluster]: cluster,
    [tag.rolledBy]: plain(by),
    [tag.alive]: now,
    [tag.progress]: '',
  }
}

/** The characters that every AWS service accepts in the value of a tag, and at most 256 of them. */
function plain(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, 256)
}
