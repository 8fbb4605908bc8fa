import {
  fromTags,
  isKnown,
  newId,
  passes,
  type Store,
  type Template,
  tagsFor,
  type Version,
} from './store.ts'
import { awsError } from './world.ts'

// Launch templates, as in EC2: names are unique, and versions are numbered consecutively.

// biome-ignore lint/suspicious/noExplicitAny: the double takes what the SDK's types allow, and answers as EC2 does
type Input = any

export function templateNamed(store: Store, name: string): Template {
  const found = [...store.templates.values()].find(one => one.name === name)
  if (found === undefined || !isKnown(store, 'templates', found)) {
    throw awsError('InvalidLaunchTemplateName.NotFoundException')
  }
  return found
}

function templateOf(store: Store, { LaunchTemplateId, LaunchTemplateName }: Input): Template {
  if (LaunchTemplateId === undefined) return templateNamed(store, LaunchTemplateName)
  const found = store.templates.get(LaunchTemplateId)
  if (found === undefined || !isKnown(store, 'templates', found))
    throw awsError('InvalidLaunchTemplateId.NotFound')
  return found
}

/** The version of a template that EC2 would use. */
export function versionOf(store: Store, template: Template, version: string): Version {
  const known = template.versions.filter(one => isKnown(store, 'templates', one))
  const found = version === '$Latest' ? known.at(-1) : known.find(one => String(one.number) === version)
  if (found === undefined) throw awsError('InvalidLaunchTemplateId.VersionNotFound')
  return found
}

function createLaunchTemplate(store: Store, input: Input, by: string) {
  const taken = [...store.templates.values()].some(({ name }) => name === input.LaunchTemplateName)
  if (taken) throw awsError('InvalidLaunchTemplateName.AlreadyExistsException')
  if (input.DryRun) throw awsError('DryRunOperation')
  const id = newId(store, 'lt')
  const tags = tagsFor('launch-template', input.TagSpecifications)
  const madeAt = store.world.clock.now()
  const template: Template = { id, name: input.LaunchTemplateName, tags, madeAt, versions: [] }
  store.templates.set(id, template)
  addVersion(store, template, input, by)
  return { LaunchTemplate: { LaunchTemplateId: id } }
}

function addVersion(store: Store, template: Template, input: Input, by: string): number {
  const number = (template.versions.at(-1)?.number ?? 0) + 1
  template.versions.push({
    number,
    description: input.VersionDescription ?? '',
    data: input.LaunchTemplateData,
    by,
    madeAt: store.world.clock.now(),
  })
  return number
}

function createLaunchTemplateVersion(store: Store, input: Input, by: string) {
  const template = templateOf(store, input)
  return { LaunchTemplateVersion: { VersionNumber: addVersion(store, template, input, by) } }
}

function describeLaunchTemplates(store: Store, input: Input) {
  const found = [...store.templates.values()].filter(
    one =>
      isKnown(store, 'templates', one) &&
      passes(input.Filters, one.tags, { 'launch-template-name': one.name }),
  )
  return {
    LaunchTemplates: found.map(({ id, name, tags, versions }) => ({
      LaunchTemplateId: id,
      LaunchTemplateName: name,
      LatestVersionNumber: versions.filter(one => isKnown(store, 'templates', one)).at(-1)?.number,
      Tags: fromTags(tags),
    })),
  }
}

function describeLaunchTemplateVersions(store: Store, input: Input) {
  const template = templateOf(store, input)
  const known = template.versions.filter(one => isKnown(store, 'templates', one))
  const asked: readonly string[] | undefined = input.Versions
  const found = asked === undefined ? known : asked.map(version => versionOf(store, template, version))
  return {
    LaunchTemplateVersions: found.map(({ number, description, data, by, madeAt }) => ({
      LaunchTemplateId: template.id,
      VersionNumber: number,
      VersionDescription: description,
      LaunchTemplateData: data,
      CreatedBy: by,
      CreateTime: new Date(madeAt),
    })),
  }
}

function deleteLaunchTemplate(store: Store, { LaunchTemplateId }: Input) {
  if (!store.templates.delete(LaunchTemplateId)) throw awsError('InvalidLaunchTemplateId.NotFound')
  return {}
}

/** The calls by name. */
export const templateCalls = {
  createLaunchTemplate,
  createLaunchTemplateVersion,
  describeLaunchTemplates,
  describeLaunchTemplateVersions,
  deleteLaunchTemplate,
}
