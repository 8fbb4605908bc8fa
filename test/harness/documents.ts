import { load, YAML11_SCHEMA } from 'js-yaml'

/** A rendered document as cloud-init reads it. */
export interface CloudConfig {
  readonly hostname?: string
  readonly write_files: readonly { readonly path: string; readonly content: string }[]
  readonly runcmd: readonly (readonly string[])[]
}

/** Parses a document as YAML 1.2, like mesos-bakery, or as YAML 1.1, like cloud-init. */
export function readDocument(text: string, yaml: '1.1' | '1.2' = '1.2'): CloudConfig {
  return load(text, yaml === '1.1' ? { schema: YAML11_SCHEMA } : {}) as CloudConfig
}

/** The content of a file in a document. */
export function fileIn(document: CloudConfig, path: string): string {
  return document.write_files.find(file => file.path === path)?.content ?? ''
}

/**
 * Parses an environment file according to the rules of systemd, as far as they are used (systemd.exec(5),
 * EnvironmentFile=).
 */
export function readEnvironment(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .trimEnd()
      .split('\n')
      .map(line => {
        const [, name = '', quoted, plain] =
          /^([A-Z0-9_]+)=(?:"((?:[^"\\]|\\.)*)"|([^"\s]*))$/su.exec(line) ?? []
        // In double quotes, a backslash is literal unless it escapes one of these characters.
        return [name, quoted?.replace(/\\(["\\`$])/gu, '$1') ?? plain ?? ''] as const
      }),
  )
}
