import { load, YAML11_SCHEMA } from 'js-yaml'

/** A rendered document as cloud-init sees it. */
export interface CloudConfig {
  readonly hostname?: string
  readonly write_files: readonly { readonly path: string; readonly content: string }[]
  readonly runcmd: readonly (readonly string[])[]
}

/** Reads a document by YAML 1.2, as we do, or by YAML 1.1, as cloud-init does. */
export function readDocument(text: string, yaml: '1.1' | '1.2' = '1.2'): CloudConfig {
  return load(text, yaml === '1.1' ? { schema: YAML11_SCHEMA } : {}) as CloudConfig
}

/** The content of one file of a document. */
export function fileIn(document: CloudConfig, path: string): string {
  return document.write_files.find(file => file.path === path)?.content ?? ''
}

/** Reads an environment file by systemd's rules, as far as we use them (systemd.exec(5), EnvironmentFile=). */
export function readEnvironment(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .trimEnd()
      .split('\n')
      .map(line => {
        const [, name = '', quoted, plain] =
          /^([A-Z0-9_]+)=(?:"((?:[^"\\]|\\.)*)"|([^"\s]*))$/su.exec(line) ?? []
        // Between double quotes a backslash stands for itself unless it escapes one of these.
        return [name, quoted?.replace(/\\(["\\`$])/gu, '$1') ?? plain ?? ''] as const
      }),
  )
}
