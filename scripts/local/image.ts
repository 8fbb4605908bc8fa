import { type Engine, tryCall } from './engine.ts'

/** What the labels of an image say of it. */
export interface ImageLabels {
  readonly architecture: string | undefined
  /** Of the mesos-bakery that baked it. */
  readonly version: string | undefined
}

/** Reads the labels of an image; nothing when it isn't there. */
export async function inspectImage(engine: Engine, reference: string): Promise<ImageLabels | undefined> {
  const format = '{{json .Config.Labels}}'
  const { code, stdout } = await tryCall(engine, 'image', 'inspect', '--format', format, reference)
  if (code !== 0) return undefined
  const labels = (JSON.parse(stdout) ?? {}) as Readonly<Record<string, string>>
  return { architecture: labels['mesos-bakery.architecture'], version: labels['mesos-bakery.version'] }
}
