/** A Debian package of an image. */
export interface Package {
  readonly name: string
  readonly version: string
  readonly architecture: string
}

/** Reads what `verify` got from dpkg-query: name, version and architecture in each line. */
export function readPackages(text: string): readonly Package[] {
  return text.split('\n').flatMap(line => {
    const [name = '', version = '', architecture = ''] = line.trim().split(/\s+/)
    return name === '' ? [] : [{ name: name.replace(/:.*/, ''), version, architecture }]
  })
}
