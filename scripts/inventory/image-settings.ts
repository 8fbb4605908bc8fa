import { checkFields, type Mapping, type Outcome } from './check-fields.ts'
import { artifactFields, type Checked, imageFields } from './fields.ts'
import { Path } from './problem-path.ts'
import type { Problem } from './problems.ts'

/** The image section of the inventory, with the defaults for keys that are not set. */
export interface ImageSettings extends Omit<Checked<typeof imageFields>, 'artifacts' | 'id'> {
  readonly name: string
  readonly id: string | undefined
  readonly cgroups: 'v1' | 'v2'
  readonly container_base: string
  readonly artifacts: readonly Artifact[]
}

/** A package that the user provides. */
export interface Artifact extends Checked<typeof artifactFields> {
  readonly name: NonNullable<Checked<typeof artifactFields>['name']>
  readonly url: string
  readonly kind: NonNullable<Checked<typeof artifactFields>['kind']>
}

/** Checks the image section of an inventory. */
export function checkImage(given: Mapping): Outcome<ImageSettings> {
  const { value, problems } = checkFields(imageFields, given, Path.inInventory('image'))
  const artifacts = (value.artifacts ?? []).map(checkArtifact)
  return {
    value: {
      ...value,
      name: value.name ?? 'mesos',
      id: value.id,
      cgroups: value.cgroups ?? 'v2',
      container_base: value.container_base ?? 'docker.io/library/debian:bookworm',
      artifacts: artifacts.flatMap(artifact => artifact.value),
    },
    problems: [
      ...problems,
      ...artifacts.flatMap(artifact => artifact.problems),
      ...twins(artifacts.map(artifact => artifact.value[0])),
    ],
  }
}

const required = ['name', 'url', 'kind'] as const

/** A list with the artifact, or an empty list if it is not valid. */
function checkArtifact(given: Mapping, index: number): Outcome<readonly Artifact[]> {
  const path = Path.inInventory('image', 'artifacts', String(index))
  // It would be stored in the lock file and in the SBOM.
  if (/^\w+:\/\/[^/]*@/.test(String(given.url))) {
    const message = 'contains a user name or a password'
    const help = 'host the file where no password is required, or use file:'
    return { value: [], problems: [{ code: 'E036', path: path.below('url'), message, help }] }
  }
  const { value, problems } = checkFields(artifactFields, given, path)
  const missing = required
    .filter(key => given[key] === undefined)
    .map((key): Problem => {
      const help = `it must be ${artifactFields[key].type.expects}`
      return { code: 'E031', path, message: `${key} is required`, help }
    })
  const found = [...problems, ...missing]
  return { value: found.length === 0 ? [value as Artifact] : [], problems: found }
}

/** Artifacts with the same name for the same machines. */
function twins(artifacts: readonly (Artifact | undefined)[]): readonly Problem[] {
  return artifacts.flatMap((artifact, index) => {
    const twin = artifacts.findIndex(other => artifact && other && areTwins(artifact, other))
    if (artifact === undefined || twin === index || twin < 0) return []
    const message = `duplicate artifact ${artifact.name}; the first is image.artifacts.${twin}`
    const help = 'remove one of them, or set architecture for each'
    return [{ code: 'E032', path: Path.inInventory('image', 'artifacts', index), message, help }]
  })
}

function areTwins(a: Artifact, b: Artifact): boolean {
  const all = a.architecture === undefined || b.architecture === undefined
  return a.name === b.name && (all || a.architecture === b.architecture)
}
