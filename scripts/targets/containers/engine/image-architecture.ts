import { type Engine, tryCall } from './engine.ts'

/** The architecture that the label of an image names; nothing when it isn't there, or isn't ours. */
export async function architectureOf(engine: Engine, reference: string): Promise<string | undefined> {
  const format = '{{index .Config.Labels "mesos-bakery.architecture"}}'
  const { code, stdout } = await tryCall(engine, 'image', 'inspect', '--format', format, reference)
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : undefined
}
